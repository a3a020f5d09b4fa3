"""`make demo` as a person starts it: the result, a second run, and what it refuses."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lamplighter-demo-", dir="/var/tmp") as folder:
        yield Path(folder)


def demo(state: Path, said: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the demo to its end."""
    return subprocess.run(
        [sys.executable, "-m", "installers.quickstart"],
        cwd=ROOT,
        env={**os.environ, "STATE": str(state), **variables},
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_once_prints_its_seconds_and_a_second_run_reuses_what_is_there(state: Path) -> None:
    first = demo(state, ONCE="1")
    assert first.returncode == 0, first.stderr
    result = json.loads(first.stdout)
    assert 0 <= result["seconds"] < 10
    assert result["decision"] == "test"
    assert "none was changed" in result["audit"]
    installed = (state / "agent" / "lamplighter.sha256").stat().st_mtime_ns
    second = demo(state, ONCE="1")
    assert second.returncode == 0, second.stderr
    assert (state / "agent" / "lamplighter.sha256").stat().st_mtime_ns == installed


@pytest.mark.parametrize(
    "said", ["", "AV-1\n", "../AV\n", "AV-1\nno\n", "AV-1\nthis device belongs to the setting\n \n"]
)
def test_here_starts_nothing_without_the_attestation(state: Path, said: str) -> None:
    done = demo(state, said, HERE="1", DISPLAY=":none", SUDO_USER="nobody")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (state / "agent.toml").exists()


def test_here_needs_a_desktop(state: Path) -> None:
    done = demo(state, HERE="1")
    assert done.returncode == 1
    assert "DISPLAY" in done.stderr
