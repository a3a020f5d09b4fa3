"""Why no engine answers: each thing that a technician would have to do otherwise about."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux._engine_absent import explained
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.media.scan.outcome import Reason

CLAMD = Path("/run/clamav/clamd.ctl")
TOLD = SensorState(sensor="scan", working=False, backend="ClamAV", reason="as told", remedy="as told")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """One with the program and its signatures, whose daemon was not started."""
    program = tmp_path / "bin" / "clamd"
    program.parent.mkdir()
    program.touch(mode=0o755)
    for name in ("main.cvd", "daily.cld"):
        (tmp_path / name).touch()
    return tmp_path


def state_on(machine: Path, reason: Reason = Reason.ENGINE_MISSING, *, usual: bool = True) -> SensorState:
    return explained(TOLD, reason, CLAMD, usual=usual, folders=str(machine / "bin"), database=machine)


def test_one_that_was_not_started_is_to_be_started(machine: Path) -> None:
    state = state_on(machine, usual=False)
    assert state.reason == "engine missing: it is installed and does not run"
    assert (
        state.remedy
        == "start clamav-daemon; where it runs, see that its LocalSocket is /run/clamav/clamd.ctl"
    )


@pytest.mark.parametrize("reason", [Reason.ENGINE_MISSING, Reason.ENGINE_FAILED, Reason.ENGINE_HUNG])
def test_one_that_never_had_signatures_needs_those_first(machine: Path, reason: Reason) -> None:
    (machine / "main.cvd").unlink()
    state = state_on(machine, reason)
    assert "no signatures" in state.reason
    assert "start clamav-freshclam" in state.remedy


def test_one_that_is_not_there_is_to_be_installed(machine: Path) -> None:
    (machine / "bin" / "clamd").unlink()
    state = state_on(machine)
    assert state.reason == "engine missing: it is not installed"
    assert state.remedy.startswith("install clamav-daemon")


def test_whatever_else_is_wrong_stays_as_it_was_told(machine: Path) -> None:
    assert state_on(machine, Reason.ENGINE_FAILED) == TOLD
    (machine / "main.cvd").unlink()
    assert state_on(machine, Reason.SIGNATURES_STALE) == TOLD
    # An engine of a school's own may keep its signatures elsewhere.
    assert state_on(machine, Reason.ENGINE_HUNG, usual=False) == TOLD
