"""Portable media in the running service: watch, gate, scanner and what people are told, put together.

Who counts as signed in is decided here. A helper that ended and is started again must not take a medium away
from the person who works with it, so a person is believed to be there for some seconds longer, as long as
their session is. Somebody else, or the end of the session, counts at once.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any, Final

from lamplighter_keywords.media.permission import person_mark
from lamplighter_keywords.policy.device_policy import DevicePolicy, MediaRules
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.media_ports import (
    FileCheck,
    LaterCheck,
    MediaGuard,
    MediaScanner,
    MediaWatch,
    Medium,
)
from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.media import records
from lamplighter_agent.media.answering import Answering
from lamplighter_agent.media.gate import MediaGate
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.media.scan.outcome import ScanLimits
from lamplighter_agent.media.scanning import identity_of, strictest
from lamplighter_agent.media.sensor import MediaSensor
from lamplighter_agent.media.stay import GatePorts, Person
from lamplighter_agent.media.telling import Telling, TellingPorts
from lamplighter_agent.media.unlocking import Tried
from lamplighter_agent.notice.asking import Asks

GRACE_SECONDS: Final = 10.0
PUPIL: Final = "pupil"
STAFF: Final = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """One of each for this system."""

    watch: MediaWatch
    # Made with the check of files that are written later, and what is called when one did not open.
    guard: Callable[[FileCheck | None, Callable[[], None]], MediaGuard]
    scanner: MediaScanner
    later: LaterCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is signed in: each account once, their session, and whose sessions there are (by uid)."""

    speakers: Collection[Speaker]
    sessions: Callable[[str], GraphicalSession | None]
    uids: Collection[int]
    # In some session.
    indicator_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningPorts:
    """What the service knows and takes."""

    signed: Callable[[], SignedIn]
    policy: Callable[[], DevicePolicy | None]
    # Whether a finding of this theme and severity may be recorded here and now.
    counts: Callable[[str, int], bool]
    found: Callable[[Detection], None]
    # A break of the watch, whose media nobody saw.
    lost: Callable[[], None]
    can_tell: Callable[[], bool]
    changed: Callable[[], None]


class RunningMedia:
    """All of it for one run of the service; on the loop."""

    def __init__(
        self,
        organisation: str,
        memory: MediaMemory,
        backends: Backends,
        dialogs: Asks,
        *,
        clock: Clock,
        ports: RunningPorts,
    ) -> None:
        self._organisation = organisation
        self._memory = memory
        self._clock = clock
        self._ports = ports
        self._last: Person | None = None
        self._absent_since: float | None = None
        self._seen: object = None
        told = TellingPorts(
            ask=self._ask,
            enter=self._enter,
            has_codes=self._has_codes,
        )
        self._telling = Telling(organisation, dialogs, told)
        self._answering = Answering(memory.asked, self._telling.tell_refused)
        gate = GatePorts(
            person=self._person,
            people=self._people,
            rules=self._rules,
            limits=self._limits,
            counts=ports.counts,
            found=ports.found,
            tell=self._telling.tell,
            gone=self._telling.gone,
            changed=ports.changed,
        )
        self._later = backends.later
        guard = backends.guard(None if self._later is None else self._later.check, self._not_opened)
        self._gate = MediaGate(guard, backends.scanner, memory, clock=clock, ports=gate)
        self._sensor = MediaSensor(
            backends.watch, changed=self._gate.changed, lost=ports.lost, told=ports.changed
        )
        memory.changed = self._register_changed

    def start(self) -> tuple[asyncio.Task[None], ...]:
        """Begin; returns what must live as long as the service."""
        gate = asyncio.create_task(self._gate.run(), name="portable media gate")
        self._tasks = gate, asyncio.create_task(self._sensor.run(), name="portable media")
        return self._tasks

    async def stop(self) -> None:
        """End it: nothing is released any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._later is not None:
            self._later.close()
        await self._answering.stop()
        await self._telling.stop()

    def look(self) -> None:
        """Have the gate decide anew, if anything that it goes by may be another now."""
        person = self._person()
        counts = tuple(self._ports.counts(theme, severity) for theme, severity in _FLOORS)
        rules = None if person is None else self._rules(person.group)
        who = person and (person.mark, person.group, person.session is not None)
        seen = (who, self._people(), rules, counts)
        if seen != self._seen:
            self._seen = seen
            self._gate.look()
            self._answering.look(person)

    def describe(self) -> dict[str, Any]:
        """Return what `status` shows; no name, no serial number, no account."""
        permissions, policy = self._memory.permissions, self._ports.policy()
        guard, scanner = self._gate.guard_state, self._gate.scanner_state
        rules = {} if policy is None else {PUPIL: policy.pupil.portable, STAFF: policy.staff.portable}
        return asdict(self._sensor.state) | {
            "enforced": self._sensor.state.working and guard.working,
            # Nobody can use any now, which is more than recording them.
            "away": self._gate.away,
            "guard": asdict(guard),
            "scanner": asdict(scanner),
            "rules": {name: one.without_permission.value for name, one in rules.items()},
            "register": {
                "version": permissions.version,
                "counts": permissions.now() < permissions.until,
                "problem": permissions.problem,
            },
            "media": self._gate.described(),
        }

    # --- what the gate asks ---

    def _people(self) -> int:
        signed = self._ports.signed()
        return len(signed.speakers) if signed.indicator_shown else 0

    def _person(self) -> Person | None:
        signed = self._ports.signed()
        speakers = list(signed.speakers)
        if len(speakers) == 1 and signed.indicator_shown:
            (speaker,) = speakers
            self._absent_since = None
            self._last = Person(
                speaker=speaker,
                session=signed.sessions(speaker.user),
                mark=person_mark(self._organisation, speaker.user),
                group=STAFF if speaker.kind == pb.USER_KIND_STAFF else PUPIL,
            )
            return self._last
        if not self._still_there(signed, speakers):
            self._last = None
        return self._last

    def _still_there(self, signed: SignedIn, speakers: list[Speaker]) -> bool:
        """Say whether the person of before is only without a helper or a strip for a moment."""
        last = self._last
        if last is None or last.session is None or last.session.account.uid not in signed.uids:
            return False
        if any(one.user != last.speaker.user for one in speakers):
            return False
        now = self._clock.monotonic()
        if self._absent_since is None:
            self._absent_since = now
            asyncio.get_running_loop().call_later(GRACE_SECONDS + 0.1, self.look)
        return now - self._absent_since < GRACE_SECONDS

    def _rules(self, group: str) -> MediaRules | None:
        policy = self._ports.policy()
        if policy is None:
            return None
        return policy.staff.portable if group == STAFF else policy.pupil.portable

    def _limits(self) -> ScanLimits | None:
        policy = self._ports.policy()
        return None if policy is None else strictest(policy)

    # --- what people do ---

    def _not_opened(self) -> None:
        """A file that was written later did not open. What only could not be judged just stays closed."""
        if self._later is not None and self._later.took_malware():
            self._gate.suspect()

    def _register_changed(self) -> None:
        self._gate.look()
        self._answering.look(self._person())
        self._ports.changed()

    def _ask(self, medium: Medium, person: Person, request: records.Request) -> bool:
        if self._memory.asked.lately(medium, person):
            # A second press is the same wish.
            return True
        if not self._ports.can_tell():
            return False
        record = records.request_of(medium, request, person.speaker, self._clock)
        self._ports.found(record)
        self._memory.asked.note(record.id, medium, person)
        return True

    def _has_codes(self, medium: Medium) -> bool:
        return self._memory.unlocking.may_try(identity_of(medium), self._memory.permissions.now())

    def _enter(self, medium: Medium, typed: str) -> Tried:
        name, now = identity_of(medium), self._memory.permissions.now()
        tried = self._memory.unlocking.enter(name, typed, now)
        if tried is Tried.RIGHT:
            self._gate.look()
        return tried


# What the gate asks whether it counts.
_FLOORS: Final = (("unapproved-media", 2), ("malware-media", 4))
