"""The gate for portable media: what is in, what is decided of it, and what is done about that.

Each medium has one keeper, a task: it asks the rules, does what they say, and waits until something changed
(the medium, who is signed in, the policy, the register, a code, the time). So nothing is ever done to one
medium by two at once, and whatever comes in the middle of a scan or a release is decided anew behind it.

::

    came -> held (nobody uses it) -> refused                      told, recorded
                                  -> scanned -> refused           a receipt
                                             -> released          a receipt; to one account
    released -> withdrawn and held, whenever the rules say so: then it is scanned again

Nothing is released before an explicit clean scan where one is asked for (`rules.py` decides that), and
whatever fails on the way leaves the medium held. What is held or unknown stays refused by the system itself,
also when this process is killed (`MediaGuard`).
"""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import structlog
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.policy.device_policy import MediaRules

from lamplighter_agent.backends.media_ports import MediaChange, MediaGuard, MediaScanner, Medium
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.clock import Clock, in_step
from lamplighter_agent.errors import MediaGuardError, NotReleased, StillInUse
from lamplighter_agent.media.following import Following
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.media.rules import Decision, Facts, Scanned, Step, decide
from lamplighter_agent.media.scan.outcome import ScanLimits
from lamplighter_agent.media.scanning import Progress, Scanning, identity_of, limits_of, usable
from lamplighter_agent.media.stay import GatePorts, Stay, Told, by_the_engine, not_held

_log = structlog.get_logger(__name__)
# An engine that was missing is looked for again after this, then after twice as long, up to the last.
FIRST_RETRY_SECONDS = 15.0
LAST_RETRY_SECONDS = 600.0
SHORTEST_WAIT_SECONDS = 0.05
# A clock may be set, and a laptop may sleep, while we wait for a date.
LONGEST_WAIT_SECONDS = 60.0
# How often the guard is asked whether its rules still hold.
GUARD_SECONDS = 300.0
# How often the engine is asked how it is while nothing is in; each scan asks it anyway.
ENGINE_SECONDS = 1800.0
# How often it is asked whether what lets people use media is there: nobody else says that it died.
BEAT_SECONDS = 10.0


class MediaGate:
    """See the module. Lives on the loop; `run` until cancelled."""

    def __init__(
        self,
        guard: MediaGuard,
        scanner: MediaScanner,
        memory: MediaMemory,
        *,
        clock: Clock,
        ports: GatePorts,
    ) -> None:
        """Take what keeps media from being used, what scans them, and what is remembered."""
        self._guard = guard
        self._scanner = scanner
        self._permissions = memory.permissions
        self._unlocking = memory.unlocking
        self._scanning = Scanning(scanner, memory.receipts, memory.permissions.now)
        self._clock = clock
        self._ports = ports
        self._following = Following(memory.permissions, clock, ports)
        self._stays: dict[str, Stay] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        # What a run before this one released was taken back.
        self._begun = asyncio.Event()
        # What lets people use media does not answer.
        self.away = False
        self._engine_rests_until = 0.0
        # By which it was judged last.
        self._engine_limits: ScanLimits | None = None
        self.guard_state = _unknown(guard.name, "media guard")
        self.scanner_state = _unknown(scanner.name, "media scanner")

    # --- what others say ---

    def changed(self, change: MediaChange) -> None:
        """Take that a medium came, is another inside, or went."""
        key = change.medium.key
        if not change.present:
            self._went(key)
            return
        stay = self._stays.get(key)
        if stay is None:
            self._scanner.prepare()
            self._stays[key] = stay = Stay(change)
            self._keep(key, stay)
            self._look_at_doubles(change.medium)
        elif stay.medium != change.medium:
            # Opened, divided or formatted anew: whatever was known of it is not known any more.
            before, stay.medium, stay.scanned, stay.held = stay.medium, change.medium, None, False
            stay.dirty.set()
            for medium in (before, change.medium):
                self._look_at_doubles(medium)

    def look(self) -> None:
        """Decide anew of each medium: something else has changed."""
        for stay in self._stays.values():
            stay.dirty.set()

    def suspect(self) -> None:
        """Scan anew whatever is released: malware was written to one of them since, and did not open."""
        for stay in self._stays.values():
            if stay.released is not None:
                stay.suspected = True
                stay.dirty.set()

    def _look_at_doubles(self, medium: Medium) -> None:
        """Decide anew of others that say they are this one: it came, changed or went."""
        for other in self._doubles(medium):
            other.dirty.set()

    def _doubles(self, medium: Medium) -> list[Stay]:
        name = identity_of(medium)
        if not name.is_nameable:
            return []
        others = (stay for stay in self._stays.values() if stay.medium.key != medium.key)
        return [stay for stay in others if identity_of(stay.medium) == name]

    async def run(self) -> None:
        """Keep the gate; when it ends nothing is released any more."""
        self._engine_rests_until = 0.0
        try:
            while True:
                await self.look_at_states()
                await (
                    self._until_next_look() if self._begun.is_set() else asyncio.sleep(FIRST_RETRY_SECONDS)
                )
        finally:
            keepers = list(self._keepers.values())
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            self._keep_time()
            await self._guard.stop()

    async def _until_next_look(self) -> None:
        until = self._clock.monotonic() + GUARD_SECONDS
        while self._clock.monotonic() < until:
            await asyncio.sleep(in_step(asyncio.get_running_loop().time(), BEAT_SECONDS))
            if not self.guard_state.working or not await self._guard.answers():
                await self._look_at_the_guard()

    async def look_at_states(self) -> None:
        # Also while nothing is in: what ended then has ended.
        self._permissions.now()
        if not self._begun.is_set():
            try:
                # Of a run before this one: first of all.
                await self._guard.withdraw_all()
            except MediaGuardError as error:
                self._guard_refused(error)
                return
        scanner = await self._engine()
        await self._look_at_the_guard()
        self._begun.set()
        if scanner != self.scanner_state:
            self.scanner_state = scanner
            self.look()
            self._ports.changed()

    async def _engine(self) -> SensorState:
        """Ask the engine how it is, which takes a process: seldom while nothing is in and it was well."""
        now, limits = self._clock.monotonic(), self._ports.limits()
        rests = not self._stays and self.scanner_state.working and limits == self._engine_limits
        if rests and now < self._engine_rests_until:
            return self.scanner_state
        self._engine_rests_until, self._engine_limits = now + ENGINE_SECONDS, limits
        return await self._scanner.state(limits)

    async def _look_at_the_guard(self) -> None:
        guard = await self._guard.ready()
        away = not guard.working and not await self._guard.answers()
        if (guard, away) != (self.guard_state, self.away):
            self.guard_state, self.away = guard, away
            self.look()
            self._ports.changed()

    def _keep_time(self) -> None:
        """Keep how late it is for the next run, whatever the clock says then."""
        self._permissions.now()
        self._permissions.keep_time()

    def _guard_refused(self, error: MediaGuardError) -> None:
        _log.error("media_guard_refused", problem=error.reason)
        self.guard_state = replace(self.guard_state, working=False, reason=error.reason)
        self._ports.changed()

    # --- one medium ---

    def _keep(self, key: str, stay: Stay) -> None:
        before = self._keepers.get(key)
        keeper = asyncio.create_task(self._kept(stay, before), name="portable medium")
        self._keepers[key] = keeper

    def _went(self, key: str) -> None:
        stay = self._stays.pop(key, None)
        if stay is None:
            return
        self._look_at_doubles(stay.medium)
        keeper = self._keepers[key]
        keeper.cancel()
        self._keepers[key] = asyncio.create_task(self._let_go(key, keeper), name="portable medium gone")
        self._ports.gone(stay.medium)
        self._following.gone(stay)
        self._ports.changed()

    async def _let_go(self, key: str, keeper: asyncio.Task[None]) -> None:
        await asyncio.gather(keeper, return_exceptions=True)
        with contextlib.suppress(MediaGuardError):
            await self._guard.withdraw(key)
        if self._keepers.get(key) is asyncio.current_task():
            del self._keepers[key]

    async def _kept(self, stay: Stay, before: asyncio.Task[None] | None) -> None:
        """Keep one medium to its end; what the guard refuses leaves it held, and is tried again."""
        if before is not None:
            # What was in this place before is let go of first.
            await asyncio.wait({before})
        await self._begun.wait()
        while True:
            stay.dirty.clear()
            try:
                wait = await self._step(stay)
            except MediaGuardError as error:
                _log.warning("media_guard_refused", problem=error.reason)
                stay.held, stay.scanned = False, None
                stay.in_use = isinstance(error, StillInUse)
                if isinstance(error, NotReleased):
                    await self._look_at_the_guard()
                    if not self.guard_state.working:
                        # That is why.
                        continue
                # What deceives is refused all the same, and that is what its person has to hear.
                if not stay.medium.deceptive:
                    # Without a pause: by `StillInUse` the medium goes.
                    self._following.note(stay, not_held(error))
                wait = self._next_retry(stay)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await stay.dirty.wait()

    async def _step(self, stay: Stay) -> float:
        """Decide and do it once; return how long to wait if nothing happens."""
        await self._look_for_the_engine(stay)
        stay.person = self._ports.person()
        decision = self._decided(stay)
        stay.due = decision if decision.step is Step.SCAN else None
        if stay.person is not None and decision.permission:
            stay.permitted.add(stay.person.mark)
        if stay.released is not None and (stay.suspected or not self._may_stay(stay, decision)):
            # In use otherwise than it may be now: taken back, and what was written meanwhile is scanned.
            await self._take_back(stay)
            decision = self._decided(stay)
        if decision.step in {Step.REFUSE, Step.RECORD} and not stay.in_use:
            self._following.note(stay, decision)
        if not stay.held:
            await self._guard.hold(stay.medium)
            stay.held, stay.in_use, stay.used_by = True, False, None
        if decision.step is Step.SCAN:
            self._following.note(stay, decision)
            if not await self._scan(stay, decision):
                return 0.0
            decision = self._decided(stay)
        if decision.step in {Step.RELEASE, Step.OPEN}:
            await self._release(stay, decision)
        stay.due = None
        self._following.settle(stay, decision)
        self._following.note(stay, decision)
        return self._wait_after(stay, decision)

    async def _look_for_the_engine(self, stay: Stay) -> None:
        """Have a medium scanned again that an engine out of order kept from use, when that is well again."""
        if stay.retry_at and self._clock.monotonic() >= stay.retry_at:
            stay.retry_at = 0.0
            rules = None if stay.person is None else self._ports.rules(stay.person.group)
            self.scanner_state = await self._scanner.state(None if rules is None else limits_of(rules))
            if self.scanner_state.working:
                stay.scanned = None

    def _may_stay(self, stay: Stay, decision: Decision) -> bool:
        """Say whether a release is still what may be."""
        assert stay.released is not None
        account, was = stay.released
        return (
            stay.held
            and stay.person is not None
            and stay.person.speaker.user == account
            and (was.step, was.access) == (decision.step, decision.access)
        )

    def _decided(self, stay: Stay) -> Decision:
        medium, person = stay.medium, stay.person
        name, now, volumes = identity_of(medium), self._permissions.now(), usable(medium)
        facts = Facts(
            now=now,
            kind=medium.kind,
            deceptive=medium.deceptive,
            nameable=name.is_nameable,
            twice=bool(self._doubles(medium)),
            size_bytes=medium.size_bytes,
            volumes=len(volumes),
            encrypted=bool(volumes) and all(one.encrypted for one in volumes),
            locked=any(one.locked for one in volumes),
            odd_label=any(one.odd_label for one in medium.volumes),
            enforced=self.guard_state.working or self.away,
            away=self.away,
            people=self._ports.people() if person is None else 1,
            person="" if person is None else person.mark,
            group="" if person is None else person.group,
            permissions=self._permissions.of(name),
            namesakes=self._permissions.namesakes(name),
            register_until=self._permissions.until,
            suspended=self._permissions.rests,
            forgotten=self._permissions.forgotten,
            unlocked_until=self._unlocking.until(name, now),
            scanned=stay.scanned,
            in_use=stay.released is not None,
        )
        return decide(None if person is None else self._ports.rules(person.group), facts)

    async def _take_back(self, stay: Stay) -> None:
        stay.released, stay.scanned, stay.held, stay.suspected = None, None, False, False
        await self._guard.withdraw(stay.medium.key)
        self._ports.changed()

    async def _scan(self, stay: Stay, decision: Decision) -> bool:
        """Scan; False where something that matters changed meanwhile: then its outcome is not used."""
        person, medium = stay.person, stay.medium
        rules = None if person is None else self._ports.rules(person.group)
        if person is None or rules is None:
            return False

        def told(progress: Progress) -> None:
            self._ports.tell(medium, Told(person=person, decision=decision, progress=progress))

        scanning = asyncio.create_task(self._scanning.scan(medium, rules, told), name="media scan")
        try:
            while not scanning.done():
                await self._changed_or_done(stay, scanning)
                if stay.dirty.is_set():
                    stay.dirty.clear()
                    if not self._still(stay, decision, medium, rules):
                        return False
        finally:
            scanning.cancel()
            await asyncio.gather(scanning, return_exceptions=True)
        stay.scanned = scanning.result()
        return True

    async def _changed_or_done(self, stay: Stay, scanning: asyncio.Task[Scanned]) -> None:
        changed = asyncio.create_task(stay.dirty.wait(), name="media changed")
        try:
            await asyncio.wait({scanning, changed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()

    def _still(self, stay: Stay, decision: Decision, medium: Medium, rules: MediaRules) -> bool:
        """Say whether what the scan was begun for is still so."""
        before, stay.person = stay.person, self._ports.person()
        if before is None or stay.person is None or stay.person.mark != before.mark:
            return False
        if stay.medium != medium or not stay.held or self._ports.rules(stay.person.group) != rules:
            return False
        asked = self._decided(stay)
        return (asked.step, asked.access) == (decision.step, decision.access)

    async def _release(self, stay: Stay, decision: Decision) -> None:
        if stay.released is not None or stay.person is None:
            return
        account, opened = stay.person.speaker.user, decision.step is Step.OPEN
        stay.used_by = stay.person
        try:
            for volume in usable(stay.medium):
                if volume.locked == opened:
                    # A container that is opened read-only keeps its content so; its node is root's alone.
                    writable = decision.access is Access.READ_WRITE
                    await self._guard.release(volume, account, writable=writable)
        except BaseException:
            # All of it or nothing.
            await self._take_back(stay)
            raise
        stay.released = account, decision

    # --- when it is looked at again ---

    def _wait_after(self, stay: Stay, decision: Decision) -> float:
        if decision.step is Step.RELEASE:
            stay.retries = 0
        if by_the_engine(decision):
            if not stay.retry_at:
                stay.retry_at = self._clock.monotonic() + self._next_retry(stay)
            return max(stay.retry_at - self._clock.monotonic(), 0.0)
        stay.retry_at = 0.0
        if not decision.until:
            return LONGEST_WAIT_SECONDS
        left = (decision.until - self._permissions.now()) / 1000
        return min(max(left, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)

    def _next_retry(self, stay: Stay) -> float:
        stay.retries += 1
        return min(FIRST_RETRY_SECONDS * float(2 ** min(stay.retries - 1, 10)), LAST_RETRY_SECONDS)

    def described(self) -> list[dict[str, Any]]:
        """Return for `status` what is in and what was decided; no name, serial number or account."""
        return [stay.described() for stay in self._stays.values()]


def _unknown(name: str, sensor: str) -> SensorState:
    return SensorState(sensor=sensor, working=False, backend=name, reason="starting")
