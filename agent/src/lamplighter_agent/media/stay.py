"""One medium while it is in, who is signed in beside it, and whom the gate asks and tells."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lamplighter_keywords.policy.device_policy import MediaRules

from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.errors import MediaGuardError, StillInUse
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.media.faults import Fault
from lamplighter_agent.media.rules import UNAPPROVED, Decision, Reason, Scanned, Step
from lamplighter_agent.media.scan.outcome import ScanLimits
from lamplighter_agent.media.scanning import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in, alone, on a device whose indicator is shown."""

    speaker: Speaker
    session: GraphicalSession | None
    # As the register names them, and their group: "pupil" or "staff".
    mark: str = field(repr=False)
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person is told of one medium. `progress` is set while it is scanned."""

    person: Person
    decision: Decision
    # They had a permission for it since it was put in.
    permitted_before: bool = False
    scanned: Scanned | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePorts:
    """What the gate asks and whom it tells, on the loop."""

    person: Callable[[], Person | None]
    # How many are signed in; `person` is one only where this is 1.
    people: Callable[[], int]
    # None before there is a policy.
    rules: Callable[[str], MediaRules | None]
    # By which the engine is judged, whoever is signed in; None before there is a policy.
    limits: Callable[[], ScanLimits | None]
    # Whether a finding of this theme and severity may be recorded here and now.
    counts: Callable[[str, int], bool]
    found: Callable[[Detection], None]
    tell: Callable[[Medium, Told], None]
    # A medium went: what stands about it is taken away.
    gone: Callable[[Medium], None]
    changed: Callable[[], None]


class Stay:
    """One medium from when it came until it went."""

    def __init__(self, change: MediaChange) -> None:
        self.medium = change.medium
        self.route = change.route
        self.dirty = asyncio.Event()
        self.decision: Decision | None = None
        self.scanned: Scanned | None = None
        # By what a scan was due or goes on, until its outcome is acted upon.
        self.due: Decision | None = None
        self.held = False
        # Which account may use it now, and how; None while nobody may.
        self.released: tuple[str, Decision] | None = None
        # To whom it was released last, until it is held again: whoever is signed in by then may be another.
        self.used_by: Person | None = None
        # Whom a permission was found for, by their mark.
        self.permitted: set[str] = set()
        # It was taken back, and somebody had not let go of it when that was looked at last.
        self.in_use = False
        # Malware was written to what is released, to this medium or to another.
        self.suspected = False
        # What was recorded of it.
        self.recorded: list[Decision] = []
        self.receipted: Scanned | None = None
        # What its person was told last, and who that was.
        self.told: tuple[str, Decision] | None = None
        # When an engine that was out of order is asked again, by the monotonic clock; 0: never.
        self.retry_at = 0.0
        self.retries = 0
        self.person: Person | None = None

    def described(self) -> dict[str, Any]:
        """Return for `status` what was decided of it; no name, serial number or account."""
        return {
            "kind": self.medium.kind.value,
            "bus": self.medium.bus,
            "step": "" if self.decision is None else self.decision.step.name.lower(),
            "reason": "" if self.decision is None else self.decision.reason.value,
            "access": "" if self.released is None else self.released[1].access.value,
            "scan": "" if self.receipted is None else self.receipted.outcome.reason.value,
        }


def not_held(error: MediaGuardError) -> Decision:
    """Return what is decided of a medium that the guard did not take, or not release."""
    if isinstance(error, StillInUse):
        # The system's own is waited for, and nothing to put on record.
        theme = "" if error.by_the_system else UNAPPROVED
        return Decision(step=Step.REFUSE, reason=Reason.STILL_IN_USE, theme=theme, accounts=error.accounts)
    return Decision(step=Step.REFUSE, reason=Reason.NOT_HELD)


def kind_of(decision: Decision) -> tuple[str, bool]:
    """Return what is recorded once of each medium."""
    return decision.theme, decision.reason is Reason.STILL_IN_USE


def by_the_engine(decision: Decision) -> bool:
    """Say whether it is refused only since the engine was out of order."""
    return decision.step is Step.REFUSE and decision.fault is Fault.SCANNER


def is_news(before: Decision, now: Decision) -> bool:
    """Say whether its person has to hear of it."""
    told, now_told = ((one.step, one.reason, one.access, one.fault) for one in (before, now))
    return told != now_told
