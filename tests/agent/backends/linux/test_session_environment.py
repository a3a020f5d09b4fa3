import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import session_environment as module
from lamplighter_agent.backends.linux.session_environment import environment_of, listens
from lamplighter_agent.backends.logins import LoginSession

ME = os.getuid()
SOMEBODY = 4_000_000


@contextmanager
def listening(path: Path | str) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as ears:
        ears.bind(str(path))
        ears.listen()
        yield


@contextmanager
def program(told: Mapping[str, str]) -> Iterator[int]:
    """Run a leader whose only child was started with an environment; yields the leader's process id."""
    child = [sys.executable, "-I", "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    leader = "import json,subprocess,sys;subprocess.run(sys.argv[2:],env=json.loads(sys.argv[1]))"
    pairs = json.dumps(dict(told))
    command = [sys.executable, "-I", "-c", leader, pairs, *child]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env={"LANG": "not for us"}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "X_SOCKETS", tmp_path / "x")
    (tmp_path / "x").mkdir()
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path / "run"


def a_session(runtime: Path, leader: int = 0, **changes: object) -> LoginSession:
    plain = LoginSession(
        id="2",
        uid=ME,
        kind="x11",
        group="user",
        seat="seat0",
        display="",
        leader=leader,
        runtime=str(runtime),
        remote=False,
        active=True,
        locked=False,
        closing=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_what_is_the_user_s_own_is_found(runtime: Path) -> None:
    (runtime / "xauth").touch()
    told = {
        "DISPLAY": ":7.0",
        "WAYLAND_DISPLAY": "wayland-1",
        "SWAYSOCK": str(runtime / "sway.sock"),
        "XAUTHORITY": str(runtime / "xauth"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus,guid=0123",
        "LANG": "cy_GB.UTF-8",
        "LD_PRELOAD": "/nowhere/own.so",
    }
    sockets = (runtime / "wayland-1", runtime / "sway.sock", runtime / "bus", runtime.parent / "x" / "X7")
    with ExitStack() as stack:
        for path in sockets:
            stack.enter_context(listening(path))
        found = environment_of(a_session(runtime, stack.enter_context(program(told))))
    told |= {"XDG_RUNTIME_DIR": str(runtime), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus"}
    del told["LD_PRELOAD"]
    assert found == told


def test_a_language_that_only_another_program_has_is_not_taken(runtime: Path) -> None:
    with program({"LANG": "x" * 65}) as leader:
        assert environment_of(a_session(runtime, leader)) == {"XDG_RUNTIME_DIR": str(runtime)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISPLAY", "elsewhere.example:7"),
        ("DISPLAY", ":8"),
        ("DISPLAY", ":../7"),
        ("WAYLAND_DISPLAY", "../x/X7"),
        ("WAYLAND_DISPLAY", "/{parent}/x/X7"),
        ("SWAYSOCK", "{parent}/x/X7"),
        ("SWAYSOCK", "X7"),
        ("XAUTHORITY", "{parent}/link"),
        ("XAUTHORITY", "xauth"),
        ("XAUTHORITY", "{parent}/x"),
        ("DBUS_SESSION_BUS_ADDRESS", "tcp:host=elsewhere.example,port=9"),
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path={parent}/link"),
        ("DBUS_SESSION_BUS_ADDRESS", "unixexec:path=/bin/true"),
        ("LANG", "C\nX=1"),
    ],
)
def test_what_leads_elsewhere_is_left_out(runtime: Path, name: str, value: str) -> None:
    (runtime.parent / "link").symlink_to(runtime.parent / "x" / "X7")
    told = {name: value.format(parent=runtime.parent)}
    with listening(runtime.parent / "x" / "X7"), program(told) as leader:
        assert environment_of(a_session(runtime, leader)) == {"XDG_RUNTIME_DIR": str(runtime)}


def test_the_display_manager_is_heard_before_any_program(runtime: Path) -> None:
    folder = runtime.parent / "x"
    with listening(folder / "X7"), listening(folder / "X8"), program({"DISPLAY": ":8"}) as leader:
        assert environment_of(a_session(runtime, leader, display=":7"))["DISPLAY"] == ":7"
        assert environment_of(a_session(runtime, leader))["DISPLAY"] == ":8"


def test_the_usual_bus_is_taken_where_no_program_tells_one(runtime: Path) -> None:
    with listening(runtime / "bus"):
        assert environment_of(a_session(runtime))["DBUS_SESSION_BUS_ADDRESS"] == f"unix:path={runtime}/bus"


def test_nothing_is_read_of_another_user_s_programs(runtime: Path) -> None:
    with program({"LANG": "C"}) as leader:
        assert environment_of(a_session(runtime, leader, uid=SOMEBODY)) == {}


def test_a_folder_that_others_may_enter_is_no_runtime_folder(runtime: Path) -> None:
    runtime.chmod(0o755)
    with listening(runtime / "wayland-1"), program({"WAYLAND_DISPLAY": "wayland-1"}) as leader:
        assert environment_of(a_session(runtime, leader)) == {}


def test_who_listens_is_the_kernel_s_word(tmp_path: Path) -> None:
    with listening(tmp_path / "s"):
        assert listens(str(tmp_path / "s"), {ME})
        assert not listens(str(tmp_path / "s"), {SOMEBODY})
    assert not listens(str(tmp_path / "s"), {ME}), "the socket's file is left, and nobody listens"
    assert not listens(f"\0lamplighter-nobody-{os.getpid()}", {ME})


def test_an_abstract_bus_is_checked_too(runtime: Path) -> None:
    name = f"lamplighter-test-{os.getpid()}"
    with listening(f"\0{name}"), program({"DBUS_SESSION_BUS_ADDRESS": f"unix:abstract={name}"}) as leader:
        found = environment_of(a_session(runtime, leader))
    assert found["DBUS_SESSION_BUS_ADDRESS"] == f"unix:abstract={name}"
