"""What a scanner of portable media tells of itself, from what its engine answered. Pure.

Each reason has its remedy, so that nobody is told only that something does not work.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome, Verdict

SENSOR: Final = "scan of portable media"
# Where the slug says too little.
_IN_WORDS: Final = {
    Reason.ENGINE_UNFIT: "the engine says clean to what it did not look into",
    Reason.RULES_UNFIT: "the school's YARA rules can't be read",
    Reason.SIGNATURES_STALE: "the signatures are too old",
}
# What is no engine's fault.
_REMEDIES: Final = {
    Reason.SCANNER_FAILED: "restart the service; if it stays so, install the agent again",
    Reason.SCANNER_HUNG: "restart the service, and the device if it stays so",
    Reason.OUT_OF_MEMORY: "close programs or restart the device; if it stays so, it has too little memory",
    Reason.RULES_UNFIT: "correct the YARA rules that agent.toml names, or install yara-x (agent/README.md)",
}


def clamav_remedies(*, install: str, daemon: str, updater: str) -> Mapping[Reason, str]:
    """Return what to do about ClamAV, whose programs each system calls otherwise."""
    return {
        Reason.ENGINE_MISSING: install,
        Reason.ENGINE_HUNG: f"restart {daemon}",
        Reason.ENGINE_FAILED: f"look into {daemon}'s log",
        Reason.ENGINE_UNFIT: "set AlertExceedsMax and AlertEncryptedArchive in clamd.conf "
        "(installers/linux/README.md)",
        Reason.SIGNATURES_MISSING: f"start {updater}",
        Reason.SIGNATURES_STALE: f"start {updater}, and look at the clock",
    }


def state_of(outcome: ScanOutcome, name: str, remedies: Mapping[Reason, str]) -> SensorState:
    """Return the state for what the engine, called `name`, said when it was only asked."""
    works = outcome.verdict is Verdict.CLEAN
    return SensorState(
        sensor=SENSOR,
        working=works,
        backend=_dated(outcome.engine or name, outcome.signatures_at),
        reason="" if works else _IN_WORDS.get(outcome.reason, outcome.reason.value.replace("-", " ")),
        remedy="" if works else {**_REMEDIES, **remedies}.get(outcome.reason, ""),
    )


def _dated(engine: str, signatures_at: int) -> str:
    if not signatures_at:
        return engine
    return f"{engine}, signatures of {datetime.fromtimestamp(signatures_at / 1000, UTC):%Y-%m-%d}"
