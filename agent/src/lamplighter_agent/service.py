"""The privileged service: composition root. Judges what helpers see, keeps what matched, delivers it.

Order of the start: hardened before anything is read (`service_command`); folders and boundary; lists, key and
spool; the local socket; then the helpers. It stops in the other order, so that nothing that was handed over
is lost.
"""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import structlog
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from lamplighter_agent import status
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.select_device import (
    condition_of,
    later_check,
    machine_facts,
    media_guard,
    media_scanner,
    media_watch,
    pending_place,
)
from lamplighter_agent.backends.select_process import swap_forbidden
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.copy_report import CopyReport
from lamplighter_agent.detection import Speaker, UserKind
from lamplighter_agent.enrolled import Enrolled, EnrolledPorts
from lamplighter_agent.enrolment import ending
from lamplighter_agent.enrolment.ending import Ended
from lamplighter_agent.enrolment.standing import standing
from lamplighter_agent.errors import KeyUnavailable
from lamplighter_agent.ground import Ground
from lamplighter_agent.helper_watch import watch_helpers
from lamplighter_agent.hub import HubPorts, ServiceHub
from lamplighter_agent.identity import identity_of
from lamplighter_agent.judgement import Judge, NoJudgement
from lamplighter_agent.kinds import kind_of
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.lean import stay_small
from lamplighter_agent.local_ipc.server import LocalServer
from lamplighter_agent.losses import LossLedger, Reason
from lamplighter_agent.media.rules import CORE
from lamplighter_agent.media.running import Backends, RunningMedia, RunningPorts, SignedIn
from lamplighter_agent.membership import Membership, MembershipPorts
from lamplighter_agent.notice import sign_in
from lamplighter_agent.notice.consent import Consents
from lamplighter_agent.notice.help_button import HelpButton, HelpPorts
from lamplighter_agent.notice.running import RunningNotice, Signed
from lamplighter_agent.notice.sign_in import SignInNotice, SignInPorts
from lamplighter_agent.observation import Observation
from lamplighter_agent.pending_enrolment import PendingEnrolment, PendingPorts, command_for
from lamplighter_agent.policy import MediaFinding, floor_of, media_wanted, next_change, policy_for, wanted
from lamplighter_agent.select_ground import SystemGround
from lamplighter_agent.sole import sole_user
from lamplighter_agent.status import ServiceStatus
from lamplighter_agent.storage import stored_by
from lamplighter_agent.supervision import first_end, told_at_once
from lamplighter_agent.timetable import Timetable, local_now

_log = structlog.get_logger(__name__)
# Changes within this time are one write of the status file.
STATUS_SECONDS = 0.1


class Service:
    """One run of the service."""

    def __init__(
        self,
        config: AgentConfig,
        hardening: Hardening,
        *,
        stored: Callable[[bytes], None],
        ended: Ended | None = None,
        sessions: asyncio.Event | None = None,
        ground: Callable[[AgentConfig], Ground] = SystemGround,
    ) -> None:
        """Take the settings; `ended` is an end of this device that the last run found.

        `sessions` is set where the system tells that sessions came or went; `ground` is what it stands on.
        """
        self._config = config
        self._clock = SystemClock()
        self._standing = standing(config.state, ended=ended, facts=machine_facts())
        # The end of the device, when it comes in this run.
        self.ended: Ended | None = None
        self._ground = ground(config)
        self._finder = self._ground.finder(self._changed, sessions or asyncio.Event())
        self._launch = self._ground.settings(self._standing.organisation)
        self._ledger = LossLedger()
        self._stored = stored
        self._status = ServiceStatus(
            organisation=self._standing.organisation,
            not_enrolled=self._standing.not_enrolled,
            boundary=self._ground.boundary,
            hardening=hardening,
            swap_forbidden=swap_forbidden(),
            unproven=self._ground.unproven,
        )
        self._notice = RunningNotice(
            config,
            lambda files: self._ground.pages(files, self._launch),
            asset_tag=self._standing.asset_tag,
            clock=self._clock,
        )
        self._membership: Membership | None = None
        self._enrolled: Enrolled | None = None
        self._hub: ServiceHub | None = None
        self._running_media: RunningMedia | None = None
        self._timetable = Timetable(
            self._clock, due=lambda now: next_change(self._policy, now), look=self._policy_changed
        )
        self._status_due = asyncio.Event()
        self._again = asyncio.Event()
        left = PendingPorts(waiting=self._not_enrolled_yet, enrolled=self._anew)
        self._left = PendingEnrolment(pending_place(config.file), command_for(config.file), left)

    async def run(self, stop: asyncio.Event, again: asyncio.Event | None = None) -> None:
        """Work until `stop` is set, or `again`, which is set here when the device ends."""
        self._again = again or self._again
        self._ground.tools(self._launch)
        self._ground.folders()
        async with AsyncExitStack() as stack:
            stack.enter_context(sole_user(self._config.state))
            stack.callback(self._config.status_file.unlink, missing_ok=True)
            # Last of all, when nothing is sensed any more, the page says so.
            stack.push_async_callback(self._notice.stop, self._status)
            self._finish_ending()
            judge = await self._judge(stack)
            self._ask_and_help(stack, judge)
            hub = self._hub = ServiceHub(self._ports(judge), self._status, self._clock)
            launcher = self._ground.helpers(self._launch, self._finder, hub)
            hub.attach(launcher)
            server = LocalServer(
                self._standing.organisation,
                hub,
                children=launcher.children,
                monotonic=self._clock.monotonic,
                door=self._ground.door(self._launch),
            )
            await server.start()
            stack.push_async_callback(server.stop)
            helpers = asyncio.create_task(launcher.run(), name="launcher")
            stack.push_async_callback(_cancelled, helpers)
            guard = asyncio.create_task(
                watch_helpers(launcher.children, condition_of, hub.tampered, hub), name="helper watch"
            )
            stack.push_async_callback(_cancelled, guard)
            # Not sooner: a first status without a session would say that there is none.
            telling = asyncio.create_task(self._tell_status(), name="status")
            stack.push_async_callback(_cancelled, telling)
            small = asyncio.create_task(stay_small(), name="memory")
            stack.push_async_callback(_cancelled, small)
            parts: tuple[asyncio.Task[None], ...] = ()
            if (enrolled := self._enrolled) is not None:
                parts = (*enrolled.parts, *self._media(stack, hub, judge, enrolled))
            parts += self._enrols(stack)
            hours = asyncio.create_task(self._timetable.run(), name="hours")
            stack.push_async_callback(_cancelled, hours)
            await first_end((stop, self._again), (helpers, guard, telling, hours, small, *parts))

    async def _judge(self, stack: AsyncExitStack) -> Judge:
        identity = self._standing.identity
        if self._standing.not_enrolled or identity is None:
            return NoJudgement(self._ledger, self._clock)
        ports = MembershipPorts(
            renewed=self._renewed,
            silence=self._policy_changed,
            changed=self._changed,
            ended=self._device_ended,
        )
        self._membership = Membership(self._config.state, identity, self._clock, ports)
        told = EnrolledPorts(
            stored=self._on_stored,
            changed=self._changed,
            signed=self._signed,
            moved=self._policy_changed,
            status=self._status,
        )
        self._enrolled = Enrolled(self._config, self._membership, self._clock, self._ledger, told)
        judge = await self._enrolled.start()
        stack.push_async_callback(self._enrolled.stop)
        return judge

    def _enrols(self, stack: AsyncExitStack) -> tuple[asyncio.Task[None], ...]:
        """Look for what a technician left to enrol with; on an enrolled device it is only tidied away."""
        enrolled = not self._standing.not_enrolled
        work = self._left.tidy() if enrolled else self._left.run()
        task = told_at_once(asyncio.create_task(work, name="enrolment"))
        stack.push_async_callback(_cancelled, task)
        if self._standing.copied and (identity := self._standing.identity) is not None:
            report = CopyReport(self._config.state, identity, self._clock, facts=machine_facts())
            telling = told_at_once(asyncio.create_task(report.run(), name="copy"))
            stack.push_async_callback(_cancelled, telling)
        return () if enrolled else (task,)

    def _anew(self) -> None:
        self._again.set()

    def _not_enrolled_yet(self, why: str) -> None:
        self._status.not_enrolled = why or self._standing.not_enrolled
        self._policy_changed()
        self._changed()

    @property
    def _not_now(self) -> str:
        """Return why nobody is sensed on this device; empty where sensing may go on."""
        if self.ended is not None:
            return self.ended.words
        silent = self._membership.silent_why if self._membership else ""
        return self._status.not_enrolled or silent or (self._enrolled.waiting if self._enrolled else "")

    @property
    def _policy(self) -> DevicePolicy | None:
        return None if self._enrolled is None else self._enrolled.policy

    @property
    def _on_site(self) -> bool:
        return self._enrolled is not None and self._enrolled.place.on_site

    def _told(self, kind: UserKind, user: str) -> SensingPolicy:
        now = local_now(self._clock)
        told = policy_for(kind, self._policy, not_now=self._not_now, now=now, on_site=self._on_site)
        if told.sensing and (why := self._sign_in.why_not(user)):
            return SensingPolicy(sensing=False, reason=why)
        return told

    def _present(self, session: GraphicalSession, speaker: Speaker) -> None:
        # Nobody is asked to agree to what is not done: only where nothing else keeps it from sensing.
        if not self._not_now and self._told(speaker.kind, speaker.user).reason in sign_in.REASONS:
            self._sign_in.look(session, speaker)
        else:
            self._sign_in.leave(session)

    def _signed(self, signed: Signed) -> None:
        """Have every helper and the page go by another policy."""
        self._notice.signed_is(signed)
        self._timetable.changed()
        self._policy_changed()

    def _renewed(self) -> None:
        if self._enrolled is not None:
            self._enrolled.reconnect()

    def _policy_changed(self) -> None:
        if self._hub is not None:
            self._hub.policy_changed()

    def _device_ended(self, reason: str) -> None:
        """Stop sensing and destroy the key at once; the next run, with everything closed, erases the rest."""
        if self.ended is not None:
            return
        self.ended = Ended(reason=reason, at=self._clock.now())
        self._policy_changed()
        try:
            ending.end(stored_by(self._config), self.ended)
        except (OSError, KeyUnavailable) as error:
            _log.error("end_not_kept", problem=type(error).__name__)
        self._changed()
        self._again.set()

    def _finish_ending(self) -> None:
        """Erase what an ended device still has; an end that could not be written then has room."""
        ended = self._standing.ended
        if ended is None or ended.reason == ending.UNREADABLE:
            return
        try:
            ending.erase(stored_by(self._config))
            if ending.read(self._config.state) is None:
                ending.end(stored_by(self._config), ended)
        except (OSError, KeyUnavailable) as error:
            _log.error("not_erased", problem=type(error).__name__)

    def _enrolment(self) -> dict[str, Any]:
        """Return what `status` says of enrolment."""
        ended = self.ended or self._standing.ended
        told = (
            {"asset_tag": self._standing.asset_tag}
            if self._membership is None
            else self._membership.describe()
        ) | {"pending": self._left.describe()}
        if ended is None:
            return told | {"ended": None}
        about = {"reason": ended.reason, "at": ended.at.isoformat(timespec="seconds"), "words": ended.words}
        return told | {"ended": about | {"erased": ending.erased(stored_by(self._config))}}

    def _media(
        self, stack: AsyncExitStack, hub: ServiceHub, judge: Judge, enrolled: Enrolled
    ) -> tuple[asyncio.Task[None], ...]:
        ports = RunningPorts(
            signed=lambda: SignedIn(
                speakers=hub.speakers,
                sessions=hub.session_of,
                uids=hub.launcher.uids,
                indicator_shown=self._status.indicator_shown,
            ),
            policy=lambda: self._policy,
            counts=self._media_counts,
            found=judge.found,
            lost=lambda: judge.lost(pb.LossNotice.REASON_SENSOR_FAILED, 1),
            can_tell=self._can_tell,
            changed=self._changed,
        )
        engine = self._config.media
        backends = Backends(
            watch=media_watch(),
            guard=media_guard,
            scanner=media_scanner(engine.clamd, engine.rules),
            later=later_check(engine.clamd, engine.rules),
        )
        self._running_media = RunningMedia(
            self._standing.organisation,
            enrolled.media,
            backends,
            self._dialogs,
            clock=self._clock,
            ports=ports,
        )
        parts = self._running_media.start()
        stack.push_async_callback(self._running_media.stop)
        return parts

    def _can_tell(self) -> bool:
        return not self._standing.not_enrolled and self.ended is None

    def _ask_and_help(self, stack: AsyncExitStack, judge: Judge) -> None:
        dialogs = self._dialogs = self._ground.dialogs(self._launch)
        stack.push_async_callback(dialogs.stop)

        def somebody_else(session: GraphicalSession) -> None:
            if self._hub is not None:
                self._hub.somebody_else(session)

        ports = HelpPorts(
            found=judge.found,
            can_tell=self._can_tell,
            open_page=self._notice.open_for,
            somebody_else=somebody_else,
        )
        organisation = self._standing.organisation
        self._help = HelpButton(organisation, dialogs, self._clock, ports)
        stack.push_async_callback(self._help.stop)
        asking = SignInPorts(
            policy=lambda: self._policy,
            found=judge.found,
            changed=self._policy_changed,
            open_page=self._notice.open_for,
            end=lambda session: self._ground.end_sessions(session.account),
        )
        consents = Consents(self._config.state)
        self._sign_in = SignInNotice(organisation, dialogs, consents, self._clock, asking)
        stack.push_async_callback(self._sign_in.stop)

    def _ports(self, judge: Judge) -> HubPorts:
        def lost(reason: Reason, count: int) -> None:
            judge.lost(reason, count)
            self._changed()

        def policy(account: Account) -> SensingPolicy:
            return self._told(self._kind_of(account), account.name)

        def observe(observation: Observation, speaker: Speaker) -> None:
            # What a helper saw before it heard that it must stop goes no further.
            if self._policy is None or not wanted(self._told(speaker.kind, speaker.user), observation):
                return
            now = local_now(self._clock)
            floor = floor_of(speaker.kind, self._policy, now, on_site=self._on_site)
            if floor is not None:
                judge.observe(observation, speaker, floor)

        return HubPorts(
            observe=observe,
            lost=lost,
            forget=judge.forget,
            policy_for=policy,
            kind_of=self._kind_of,
            place=lambda: pb.PLACE_ON_SITE if self._on_site else pb.PLACE_AWAY,
            identity_of=lambda account: identity_of(account, self._config.session),
            changed=self._changed,
            open_page=self._notice.open_for,
            help_pressed=self._help.pressed,
            present=self._present,
            left=self._sign_in.leave,
        )

    def _kind_of(self, account: Account) -> pb.UserKind.ValueType:
        return kind_of(account, self._config.session, self._standing.group)

    def _on_stored(self, detection_id: bytes) -> None:
        self._stored(detection_id)
        self._changed()

    def _changed(self) -> None:
        """Have the status file written soon."""
        if self._running_media is not None:
            self._running_media.look()
            self._status.media = self._running_media.describe()
        self._status_due.set()

    def _media_counts(self, theme: str, severity: int) -> bool:
        # A medium is the whole device's: it is recorded only where that may be done with everybody here.
        speakers = [] if self._hub is None else self._hub.speakers
        agreed = self._sign_in.all_agreed(one.user for one in speakers)
        if self._not_now or not agreed or not self._status.indicator_shown:
            return False
        now, kinds = local_now(self._clock), {one.kind for one in speakers} or {pb.USER_KIND_PUPIL}
        found = MediaFinding(severity=severity, core=theme in CORE)
        return all(
            media_wanted(kind, self._policy, now, on_site=self._on_site, found=found) for kind in kinds
        )

    async def _tell_status(self) -> None:
        """Write the status file at changes; those that come close together are one write."""
        while True:
            self._status_due.clear()
            if self._enrolled is not None:
                await self._enrolled.describe(self._status)
            self._status.losses = self._ledger.totals
            self._status.enrolment = self._enrolment()
            self._status.finder = dict(self._finder.describe())
            # A full disk must not stop the service; the next change tries again.
            with contextlib.suppress(OSError):
                status.write(self._config.status_file, self._status.as_json())
            self._notice.tell(self._status)
            await self._status_due.wait()
            await asyncio.sleep(STATUS_SECONDS)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
