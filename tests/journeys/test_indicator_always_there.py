"""Whatever the agent is told, it senses only while the strip is really on the screen.

The display is asked, not the agent: for every setting of agent/README.md, and for many configurations,
environments and arguments drawn at random. Then the strip is taken away while listed words are typed, and
they reach nobody.
"""

import base64
import contextlib
import json
import os
import random
import re
import shutil
import signal
import string
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from Xlib import X

from installers.quickstart.accounts import PUPIL
from installers.quickstart.processes import status
from installers.quickstart.virtual_desktop.desktop import hiding
from tests.journeys.stack import Stack, running_stack
from tests.support.bundled import bundled, root_of
from tests.support.sources import ROOT
from tests.support.strip import Stranger, find_strip, is_readable
from tests.support.waiting import wait_for

# `make soak ONLY=indicator` wants more.
RANDOM_RUNS = int(os.environ.get("RANDOM_RUNS", "20"))
RUN_S = 30
# What is promised, the service's word on it with it.
STOPS_WITHIN_S = 2.0

pytestmark = [pytest.mark.notice, pytest.mark.journey, pytest.mark.timeout(max(600, RANDOM_RUNS * RUN_S))]
STRANGE_NAMES = (
    "x" * 5000,
    "<script>alert(1)</script>",
    "\u202eloohcs",
    "مدرسة",
    "🎒🎒",
    "\x1b[2J",
    '"',
    "%s{0}",
)
# What somebody might hope for. None of them is a setting.
WISHES = ("hidden", "silent", "stealth", "indicator", "no_indicator", "show_indicator", "strip", "quiet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How one run of the service is started."""

    tables: dict[str, dict[str, Any]]
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    # Files that the service, and what it starts, do without.
    hide: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def whole(agent_command: Path) -> Iterator[Stack]:
    with running_stack(agent_command) as running:
        yield running


@pytest.fixture
def stranger(whole: Stack) -> Iterator[Stranger]:
    other = Stranger(whole.desktop.display_name)
    yield other
    other.close()


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    yield whole
    for window in list(whole.desktop.windows):
        whole.desktop.close(window)


def plain(stack: Stack) -> dict[str, dict[str, Any]]:
    """The tables of an ordinary, enrolled device."""
    environment = stack.desktop.environment
    return {
        "paths": {"state": str(stack.state), "runtime": str(stack.folder / "agent-run")},
        "session": {},
        "desktop": {
            "display": environment["DISPLAY"],
            "user": stack.account.name,
            "dbus_session_bus_address": environment["DBUS_SESSION_BUS_ADDRESS"],
            "xdg_runtime_dir": environment["XDG_RUNTIME_DIR"],
        },
        "media": {},
    }


def choices(stack: Stack) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Other values for every documented setting. None leaves it out."""
    mine = stack.account.name
    return {
        ("paths", "state"): (str(stack.folder / "other-state"), "/proc/nowhere"),
        ("paths", "runtime"): (str(stack.folder / "other-run"),),
        ("session", "default_kind"): ("staff", "pupil", "hidden"),
        ("session", "staff_users"): ([mine], ["root"], []),
        ("session", "staff_groups"): ([mine], ["nobody"]),
        ("session", "shared_users"): ([mine], []),
        ("session", "kiosk_users"): ([mine], ["nobody"]),
        ("session", "group"): ("nogroup", "no-such-group"),
        ("desktop", "display"): (":64999", "", "nonsense"),
        ("desktop", "user"): ("root", "no-such-user", None),
        ("desktop", "xauthority"): ("/nowhere",),
        ("desktop", "dbus_session_bus_address"): (None, "unix:path=/nowhere"),
        ("desktop", "xdg_runtime_dir"): (None, "/nowhere"),
        ("desktop", "language"): ("ar", "xx_YY", "C"),
        ("desktop", "wayland_display"): ("wayland-9", "/nowhere"),
        ("desktop", "sway_socket"): ("/nowhere",),
        ("media", "clamd"): ("/nowhere/clamd.ctl", "beside"),
        ("media", "rules"): ("/nowhere",),
    }


def documented() -> set[tuple[str, str]]:
    """The settings of the technician's guide: rows such as `[table]` | `key` | default | meaning."""
    found, table = set(), ""
    for line in (ROOT / "agent/README.md").read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| (?:`\[(\w+)\]` )?\| `(\w+)` \|", line)
        if row:
            table = row[1] or table
            found.add((table, row[2]))
    return found


def with_choice(
    tables: dict[str, dict[str, Any]], key: tuple[str, str], value: Any
) -> dict[str, dict[str, Any]]:
    changed = {name: dict(table) for name, table in tables.items()}
    changed[key[0]].pop(key[1], None)
    if value is not None:
        changed[key[0]][key[1]] = value
    return changed


@contextlib.contextmanager
def running(stack: Stack, told: Told) -> Iterator[Callable[[], dict[str, Any]]]:
    """Start the service as told; give a function that tells its status. Ends it and its helper."""
    config = stack.folder / "told.toml"
    config.write_text(toml(told.tables), encoding="utf-8")
    command = [str(stack.command), "service", "--config", str(config), *told.arguments]
    environment = {"PATH": os.environ["PATH"], **dict(told.environment)}
    log = stack.folder / "logs" / "told.log"
    with log.open("wb") as errors:
        service = subprocess.Popen(
            hiding(told.hide, command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    state = Path(told.tables["paths"].get("state", "/nowhere"))

    def look() -> dict[str, Any]:
        return {"ended": True} if service.poll() is not None else status(state)

    try:
        yield look
    finally:
        service.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.wait(10)
        if service.poll() is None:
            service.kill()
            service.wait(5)


def toml(tables: dict[str, dict[str, Any]]) -> str:
    parts = [
        f"[{name}]\n"
        + "".join(f"{key} = {json.dumps(value, ensure_ascii=True)}\n" for key, value in table.items())
        for name, table in tables.items()
    ]
    # TOML has no surrogates: json's pairs become one escape.
    return re.sub(
        r"\\u(d[89ab]..)\\u(d[c-f]..)",
        lambda pair: f"\\U{0x10000 + (int(pair[1], 16) - 0xD800) * 0x400 + int(pair[2], 16) - 0xDC00:08x}",
        "\n".join(parts),
    )


def settled(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The status once the service senses, gives up or says why it does not sense."""

    def known() -> dict[str, Any] | None:
        found = look()
        if found.get("ended") or found.get("sensing") or found.get("not_enrolled"):
            return found
        sessions = found.get("sessions") or []
        says_why = [one for one in sessions if one["policy_reason"] or one["restarts"] > 1]
        no_strip = [one for one in sessions if one["indicator_reason"] not in {"", "not started"}]
        return found if says_why or no_strip or found.get("sessions") == [] else None

    return wait_for(known, "the service says what it does", seconds=40, step=0.02)


def assert_seen_while_sensing(stack: Stack, stranger: Stranger, told: Told) -> bool:
    """Start it; whenever it senses the strip is on the screen. Returns whether it sensed."""
    with running(stack, told) as look:
        found = settled(look)
        if found.get("sensing"):
            assert find_strip(stranger.display) is not None, told
            assert is_readable(stranger.display), told
        sensed = bool(found.get("sensing"))
    wait_for(lambda: find_strip(stranger.display) is None, "the strip gone with its helper")
    return sensed


def test_the_choices_cover_every_documented_setting(stack: Stack) -> None:
    assert documented() == set(choices(stack))
    assert len(documented()) > 10


def test_every_documented_setting_leaves_the_strip_where_it_is(stack: Stack, stranger: Stranger) -> None:
    sensed = 0
    for key, values in choices(stack).items():
        for value in values:
            told = Told(tables=with_choice(plain(stack), key, value))
            sensed += assert_seen_while_sensing(stack, stranger, told)
    assert sensed >= len(choices(stack)) // 2


def named(stack: Stack, organisation: str) -> Path:
    """A state folder whose identity and signed lists are of an organisation with this name."""
    folder = stack.folder / f"state-{zlib.crc32(organisation.encode()):x}"
    if not folder.exists():
        shutil.copytree(stack.state / "identity", folder / "identity")
        file = folder / "identity" / "identity.json"
        roots = [base64.b64encode(root_of(organisation)).decode()]
        told = {"organisation": organisation, "roots": roots, "machine": None}  # marks are made with the name
        file.write_text(json.dumps(json.loads(file.read_text()) | told))
        bundled(folder, organisation)
    return folder


def test_whatever_the_organisation_is_called_the_strip_is_there(stack: Stack, stranger: Stranger) -> None:
    for name in STRANGE_NAMES:
        state = str(named(stack, name))
        told = Told(tables=with_choice(plain(stack), ("paths", "state"), state))
        assert assert_seen_while_sensing(stack, stranger, told), name


@pytest.mark.parametrize("spoilt", ["identity.json", "certificate.pem", "key.pem"])
def test_an_identity_that_is_not_whole_hides_nothing(stack: Stack, stranger: Stranger, spoilt: str) -> None:
    state = named(stack, f"School without {spoilt}")
    (state / "identity" / spoilt).write_text("{")
    told = Told(tables=with_choice(plain(stack), ("paths", "state"), str(state)))
    sensed = assert_seen_while_sensing(stack, stranger, told)
    # Without a usable key nothing is delivered; what is seen waits, and the strip is there.
    assert sensed is (spoilt == "key.pem")


def test_nothing_drawn_at_random_hides_it(
    stack: Stack, stranger: Stranger, record_testsuite_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)
    sensed = 0
    for _ in range(RANDOM_RUNS):
        told = drawn(stack, draw)
        try:
            sensed += assert_seen_while_sensing(stack, stranger, told)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise
    for name, value in (("seed", seed), ("runs", RANDOM_RUNS), ("sensed", sensed)):
        record_testsuite_property(name, value)
    assert sensed >= RANDOM_RUNS // 4, f"seed {seed}"


def drawn(stack: Stack, draw: random.Random) -> Told:
    """A configuration, arguments and an environment that nobody thought of."""
    tables = plain(stack)
    # Settings that end a run in a clear error would hide what the others do: take few of them.
    harmless = [key for key in choices(stack) if key[0] in {"session", "desktop"}]
    for key in draw.sample(harmless, k=draw.randint(0, 2)):
        tables = with_choice(tables, key, draw.choice(choices(stack)[key]))
    if draw.random() < 0.3:
        tables["paths"]["state"] = str(named(stack, draw.choice(STRANGE_NAMES)))
    if draw.random() < 0.1:
        tables[draw.choice(list(tables))][draw.choice(WISHES)] = draw.choice([True, False, "no"])
    arguments: tuple[str, ...] = ()
    if draw.random() < 0.15:
        arguments = (f"--{draw.choice(WISHES).replace('_', '-')}", *draw.choice([(), ("1",), ("no",)]))
    names = [f"LAMPLIGHTER_{wish.upper()}" for wish in WISHES] + [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XDG_SESSION_TYPE",
    ]
    names += ["PYTHONPATH", "PYTHONSTARTUP", "LANG", "NO_COLOR", "HOME", "GDK_SCALE", "XAUTHORITY"]
    names += ["".join(draw.choices(string.ascii_uppercase, k=8)) for _ in range(3)]
    chosen = draw.sample(names, k=draw.randint(2, 8))
    values = ["", "0", "1", "no", "/nowhere", ":77", "wayland-0", "wayland", "\u202e", "x" * 2000]
    return Told(
        tables=tables,
        arguments=arguments,
        environment=tuple((name, draw.choice(values)) for name in chosen),
    )


@pytest.mark.parametrize(
    "arguments", [[], ["--hidden"], ["--socket", "/nowhere", "--organisation", "x", "--quiet", "1"]]
)
def test_the_helper_alone_shows_nothing_and_senses_nothing(stack: Stack, arguments: list[str]) -> None:
    done = subprocess.run(
        [str(stack.command), "session", *arguments],
        env=stack.desktop.environment,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert b"only the service starts it" in done.stderr


@contextlib.contextmanager
def kept_away(stack: Stack, how: str) -> Iterator[None]:
    """Another program of the pupil hides the strip, and again whenever it comes back."""
    stop = threading.Event()

    def work() -> None:
        other = Stranger(stack.desktop.display_name)
        other.root.change_attributes(event_mask=X.SubstructureNotifyMask)
        cover = other.window(height=60) if how == "cover" else None
        while not stop.wait(0.01):
            while other.display.pending_events():
                other.display.next_event()
            strip = find_strip(other.display)
            if cover is not None:
                cover.raise_window()
            elif strip is not None and how == "unmap":
                strip.unmap()
            elif strip is not None and how == "kill":
                strip.kill_client()
            elif strip is not None:
                strip.destroy()
            other.display.sync()
        other.close()

    thread = threading.Thread(target=work, name="hides the strip")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("how", "sentence", "theme"),
    [
        ("cover", "i just want to hurt myself ", "self-harm"),
        ("unmap", "i dont want to be alive ", "suicide"),
        ("destroy", "hes bringing a knife to school ", "weapons"),
    ],
)
def test_words_typed_while_it_is_hidden_reach_nobody(
    stack: Stack, how: str, sentence: str, theme: str
) -> None:
    with running(stack, Told(tables=plain(stack))) as look:
        wait_for(lambda: look().get("sensing"), "sensing", seconds=30)
        stack.desktop.open_gtk_entry("Notes")
        with kept_away(stack, how):
            wait_for(lambda: not at_work(look()), "every sensor stopped", seconds=6)
            wait_for(lambda: gone(look()), "the loss on record", seconds=6)
            stack.desktop.type_text("tell me where can i get weed ")
            stack.desktop.key("Return")
            assert not look()["sensing"]
        wait_for(lambda: look()["sensing"], "sensing goes on", seconds=30)
        stack.desktop.open_gtk_entry("Diary")
        stack.desktop.type_text(sentence)
        stack.wait_for_theme(theme)
        assert "drugs" not in {incident["theme"] for incident in stack.read("incidents")}


@pytest.mark.parametrize("how", ["kill", "destroy"])
def test_while_the_notice_is_killed_sensing_stops_in_two_seconds(
    stack: Stack, how: str, record_testsuite_property: Callable[[str, object], None]
) -> None:
    with running(stack, Told(tables=plain(stack))) as look:
        wait_for(lambda: look().get("sensing"), "sensing", seconds=30)
        began = time.monotonic()
        with kept_away(stack, how):
            wait_for(lambda: not at_work(look()), "every sensor stopped", seconds=10, step=0.01)
            took = time.monotonic() - began
            assert not look()["sensing"]
            wait_for(lambda: gone(look()), "the loss on record", seconds=5)
        record_testsuite_property(f"stopped_after_s_{how}", round(took, 2))
        assert took < STOPS_WITHIN_S
        wait_for(lambda: look()["sensing"], "sensing goes on", seconds=30)


def test_a_notice_that_is_killed_once_is_on_record_though_it_is_back_at_once(
    stack: Stack, stranger: Stranger
) -> None:
    with running(stack, Told(tables=plain(stack))) as look:
        wait_for(lambda: look().get("sensing"), "sensing", seconds=30)
        for count in (1, 2):
            stranger.strip().kill_client()
            stranger.display.sync()
            wait_for(lambda: gone(look()) == count, "the end on record", seconds=10)  # noqa: B023 - at once
            wait_for(lambda: look()["sensing"], "sensing goes on", seconds=30)


def at_work(found: dict[str, Any]) -> list[str]:
    """The sensors that run."""
    return [sensor["sensor"] for sensor in found["sessions"][0]["sensors"] if sensor["working"]]


def gone(found: dict[str, Any]) -> int:
    """How often the strip was ended, or lost for so long that sensing stopped, by the service's count."""
    return int(found["losses"].get("REASON_INDICATOR_GONE", 0))


def test_a_killed_helper_is_back_with_its_strip(stack: Stack, stranger: Stranger) -> None:
    with running(stack, Told(tables=plain(stack))) as look:
        wait_for(lambda: look().get("sensing"), "sensing", seconds=30)
        os.kill(helper_of(stack), signal.SIGKILL)
        wait_for(lambda: not look()["sensing"], "the loss is noticed", seconds=5)
        wait_for(lambda: look()["sensing"], "sensing goes on", seconds=20)
        assert is_readable(stranger.display)
        assert look()["sessions"][0]["restarts"] == 1


def helper_of(stack: Stack) -> int:
    """The process that runs the helper's verb for this stack's folder."""
    wanted = str(stack.folder).encode()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdecimal():
                command = (folder / "cmdline").read_bytes().split(b"\0")
                if b"session" in command and any(part.startswith(wanted) for part in command):
                    return int(folder.name)
    raise AssertionError("no helper runs")


@pytest.mark.parametrize(
    "without",
    [
        pytest.param((), id="any viewer"),
        pytest.param(("/usr/lib/chromium/chromium",), marks=pytest.mark.root, id="without Chromium"),
    ],
)
def test_a_click_opens_the_page_as_the_person_alone(stack: Stack, without: tuple[str, ...]) -> None:
    forget_browser(stack)
    with running(stack, Told(tables=plain(stack), hide=without)) as look:
        wait_for(lambda: look().get("sensing"), "sensing", seconds=30)
        page = stack.state / "what-this-device-checks.html"
        wait_for(lambda: "Checking is on now" in page.read_text(), "the page says so")
        stack.desktop.run("xdotool", "mousemove", "300", "10", "click", "1")
        found = opened(stack)
        group = re.search(r"^Gid:\s+(.*)$", Path(f"/proc/{found}/status").read_text(), re.MULTILINE)
        assert group is not None
        assert set(group[1].split()) == {str(stack.account.gid)}
    assert "Checking is off now" in page.read_text()
    assert viewer(stack) == found, "the page is the person's: it stays when the service ends"
    os.kill(found, signal.SIGTERM)
    wait_for(lambda: viewer(stack) is None, "the window gone")


def forget_browser(stack: Stack) -> None:
    """Have the pupil's browser start anew: a profile that another machine locked makes it ask, not show."""
    if stack.account.name == PUPIL:
        shutil.rmtree(stack.account.home / ".config" / "chromium", ignore_errors=True)


def opened(stack: Stack) -> int:
    """Wait for the page. A browser that can't start takes its time to say so, and then the next is tried."""
    try:
        return wait_for(lambda: viewer(stack), "a window with the page", seconds=90, step=0.2)
    except AssertionError as error:
        user = str(stack.account.uid)
        error.add_note(stack.desktop.run("xwininfo", "-root", "-tree"))
        error.add_note(stack.desktop.run("ps", "-o", "pid,ppid,etimes,stat,args", "-u", user))
        raise


def viewer(stack: Stack) -> int | None:
    """The process of a window that shows the page, whichever viewer this device has."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "What this device checks", "getwindowpid"]
    with contextlib.suppress(subprocess.CalledProcessError, ValueError):
        return int(stack.desktop.run(*search).split()[0])
    return None
