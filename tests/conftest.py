"""Guards for every test: no leaked threads, warnings are errors, a clean environment."""

import os
import threading
from collections.abc import Iterator

import pytest

KEEP = {"PATH", "HOME", "LANG", "CI", "TMPDIR", "USER", "LOGNAME", "XDG_CACHE_HOME"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - KEEP:
        if not name.startswith(("PYTEST", "COVERAGE", "SSL_", "UV_", "PIP_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    for thread in leaked:
        thread.join(timeout=5)
    still = [thread.name for thread in leaked if thread.is_alive()]
    assert not still, f"threads left behind: {still}"
