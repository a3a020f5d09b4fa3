"""Guards for every test: no leaked threads, warnings are errors, a clean environment.

Tests marked `machine` change the whole machine (accounts, core pattern, mounts): they run only where
CI says that the machine is theirs. Those and the ones marked `root` are listed by name where they can't run.

`make test` runs some folders beside one another, each in a process of its own, and then what is marked
`alone`, which is decided here.
"""

import ast
import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.media_world import deaths

KEEP = {"PATH", "HOME", "LANG", "CI", "TMPDIR", "USER", "LOGNAME", "XDG_CACHE_HOME"}
KEEP_PREFIXES = ("PYTEST", "COVERAGE", "SSL_", "UV_", "PIP_")
# Here tests open no window, start no process of a device and change nothing of the machine; `make test` names
# the same folders.
BESIDE_OTHERS = (
    *("collector", "keywords", "house", "protos"),
    *("agent/bundles", "agent/delivery", "agent/enrolment", "agent/media", "agent/spool"),
    # Of other systems: nothing of theirs is here to be touched.
    *("agent/backends/windows", "agent/backends/macos"),
)
NEVER_BESIDE_OTHERS = ("canary", "journey", "kill", "machine", "root")
NOT_PROVEN = (
    *(
        "real Windows",
        "macOS",
        "USB hardware (an emulated USB bus: make machine)",
        "a physical keyboard and screen",
    ),
    "encrypted media that are opened (LUKS: make machine)",
    "GNOME Shell and KWin (make shells)",
)

_ast_parse = ast.parse


def _parse_undisturbed(*arguments: Any, **options: Any) -> Any:
    """Keep the collector out of `ast.parse`, which hypothesis and pytest call.

    In Debian 12's Python a finaliser that runs within it can end in SystemError, "AST constructor recursion
    depth mismatch" (CPython issue 106905).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        return _ast_parse(*arguments, **options)
    finally:
        if enabled:
            gc.enable()


ast.parse = _parse_undisturbed


_refused: dict[str, str] = {}


def _refusal(item: pytest.Item) -> str | None:
    """Say why a test may not run here, if it may not."""
    if item.get_closest_marker("machine") and not os.environ.get("CI"):
        return "changes the machine, needs CI=1"
    if (item.get_closest_marker("root") or item.get_closest_marker("machine")) and os.geteuid() != 0:
        return "needs root"
    return None


def _runs_alone(item: pytest.Item) -> bool:
    folders = [Path(__file__).parent / name for name in BESIDE_OTHERS]
    return not any(map(item.path.is_relative_to, folders)) or any(
        map(item.get_closest_marker, NEVER_BESIDE_OTHERS)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in filter(_runs_alone, items):
        item.add_marker("alone")
    refused = {item: reason for item in items if (reason := _refusal(item))}
    _refused.update({item.nodeid: reason for item, reason in refused.items()})
    items[:] = [item for item in items if item not in refused]
    config.hook.pytest_deselected(items=list(refused))


def pytest_collection_finish() -> None:
    """Let no search for garbage go through modules and tests: some hundred tests make one of their own."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("not proven by this run")
    for name in NOT_PROVEN:
        terminalreporter.line(f"not available here: {name}")
    for name, reason in _refused.items():
        terminalreporter.line(f"{reason}: {name}")
    for death in deaths:
        terminalreporter.line(f"ended by itself in a test, and began anew: {death}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - KEEP:
        if not name.startswith(KEEP_PREFIXES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = [thread for thread in threading.enumerate() if thread not in before]
    if leaked:
        # gRPC's polling thread ends with its last object, and a call that failed is held by its traceback.
        gc.collect()
    for thread in leaked:
        thread.join(timeout=5)
    still = [thread.name for thread in leaked if thread.is_alive()]
    assert not still, f"threads left behind: {still}"


@pytest.fixture
def grpc_let_go() -> Iterator[None]:
    """gRPC's polling thread ends with its last object; a call that failed is held by its traceback."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    """One real desktop for the tests of a module; each test closes the windows it opens."""
    with running_desktop() as running:
        yield running


@pytest.fixture(autouse=True)
def _close_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "desktop" in request.fixturenames:
        shared: Desktop = request.getfixturevalue("desktop")
        for window in list(shared.windows):
            shared.close(window)
