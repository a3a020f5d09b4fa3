"""What the service does with its helpers: admits them, hears them, counts their ends.

Sits between the local server, the launcher and the judgement, all on one loop. Every refusal, flood, broken
connection and death of a helper becomes a counted loss: nothing here is dropped in silence.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import structlog
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import HelperMessage, Ping, ReportStatus, SensingPolicy, ServiceMessage

from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Speaker
from lamplighter_agent.ground import Helpers
from lamplighter_agent.identity import Identity
from lamplighter_agent.launcher import HelperEnd
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.local_ipc.server import Connection
from lamplighter_agent.observation import Observation, TypedText, WindowTitle
from lamplighter_agent.somebody_else import SomebodyElse
from lamplighter_agent.status import ServiceStatus, SessionStatus

_log = structlog.get_logger(__name__)
# One that lost its connection should have ended by itself by then.
LEAVE_SECONDS = 2.0

Reason: TypeAlias = pb.LossNotice.Reason.ValueType


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPorts:
    """What the hub hands on to."""

    observe: Callable[[Observation, Speaker], None]
    lost: Callable[[Reason, int], None]
    forget: Callable[[int], None]
    policy_for: Callable[[Account], SensingPolicy]
    kind_of: Callable[[Account], pb.UserKind.ValueType]
    identity_of: Callable[[Account], Identity]
    place: Callable[[], pb.Place.ValueType]
    changed: Callable[[], None]
    open_page: Callable[[GraphicalSession], None]
    help_pressed: Callable[[GraphicalSession, Speaker], None]
    # Somebody is signed in, or what holds for them may be another; and: that session is over.
    present: Callable[[GraphicalSession, Speaker], None]
    left: Callable[[GraphicalSession], None]


class ServiceHub:
    """Fulfils the server's `Hub` and the launcher's `Watcher`."""

    def __init__(self, ports: HubPorts, status: ServiceStatus, clock: Clock) -> None:
        self._ports = ports
        self._status = status
        self._clock = clock
        self._launcher: Helpers | None = None
        self._speakers: dict[int, Speaker] = {}
        self._connected: set[int] = set()
        self._connections: dict[int, tuple[Connection, GraphicalSession]] = {}
        self._told: dict[int, SensingPolicy] = {}
        # Helpers that we end since somebody did this to them.
        self._tampered: dict[int, Reason] = {}
        # Those that have shown their strip.
        self._working: set[int] = set()
        # Messages, by connection.
        self._heard: dict[int, int] = {}
        self._others = SomebodyElse(clock)

    def attach(self, launcher: Helpers) -> None:
        """Take the launcher, which needs us and so is made after us."""
        self._launcher = launcher

    @property
    def launcher(self) -> Helpers:
        assert self._launcher is not None
        return self._launcher

    @property
    def speakers(self) -> list[Speaker]:
        """Who is signed in, each account once."""
        return list(
            {self._speakers[number].user: self._speaker(number) for number in self._speakers}.values()
        )

    def session_of(self, user: str) -> GraphicalSession | None:
        """Return a session of this account in which a helper runs."""
        sessions = (session for _, session in self._connections.values())
        return next((one for one in sessions if one.account.name == user), None)

    def somebody_else(self, session: GraphicalSession) -> None:
        """Label what comes from this session for an hour: a person at the device said so."""
        self._others.said(session)

    def _speaker(self, number: int) -> Speaker:
        speaker, (_, session) = self._speakers[number], self._connections[number]
        other = self._others.holds(session)
        identity = pb.IDENTITY_CONFIDENCE_OTHER if other else speaker.identity
        return replace(speaker, identity=identity, place=self._ports.place())

    # --- the launcher's word ---

    def helper_started(self, pid: int, session: GraphicalSession) -> None:  # noqa: ARG002 - the watcher's
        self._say(self._session(session.display), "starting")
        self._ports.changed()

    def helper_ended(self, pid: int, session: GraphicalSession, end: HelperEnd) -> None:
        _log.warning("helper_ended", pid=pid, display=session.display, code=end.code)
        self._connected.discard(pid)
        self._working.discard(pid)
        done_to_it = self._tampered.pop(pid, None)
        reason = done_to_it or _reason_of(end)
        before = self._session(session.display)
        line = self._status.sessions[session.display] = SessionStatus(
            display=session.display,
            restarts=before.restarts + 1,
            last_end=_TOO_SLOW if done_to_it == pb.LossNotice.REASON_SENSOR_FAILED else _ENDS[reason],
        )
        self._say(line, "ended, will be started again")
        self._ports.lost(reason, 1)
        self._ports.changed()

    def helper_not_started(self, session: GraphicalSession) -> None:
        _log.error("helper_not_started", display=session.display)
        self._say(self._session(session.display), "could not be started, will be tried again")
        self._ports.lost(pb.LossNotice.REASON_SENSOR_FAILED, 1)
        self._ports.changed()

    def ping(self, pid: int) -> bool:
        """Send a helper something to read; False where it is not connected."""
        connection = self._connection(pid)
        if connection is None:
            return False
        connection.send(ServiceMessage(ping=Ping()))
        return True

    def unread(self, pid: int) -> bool:
        """Say whether a helper has left something unread."""
        connection = self._connection(pid)
        return connection is not None and connection.unread

    def heard(self, pid: int) -> int | None:
        """Return how many messages a helper has sent; None where it is not connected."""
        connection = self._connection(pid)
        return None if connection is None else self._heard[connection.number]

    def at_work(self, pid: int) -> bool:
        """Say whether a helper has shown its strip."""
        return pid in self._working

    def _connection(self, pid: int) -> Connection | None:
        return next((one for one, _ in self._connections.values() if one.peer.pid == pid), None)

    def tampered(self, pid: int, reason: Reason) -> None:
        """End a helper that is held still or looked into, hangs or does not connect; counted as `reason`."""
        if pid not in self._tampered:
            self._tampered[pid] = reason
            self.launcher.restart(pid)

    def session_left(self, session: GraphicalSession) -> None:
        theirs = (one.peer.pid for one, about in self._connections.values() if about is session)
        self._connected.difference_update(theirs)
        others = (about for _, about in self._connections.values() if about is not session)
        if not any(other.display == session.display for other in others):
            self._status.sessions.pop(session.display, None)
        self._ports.changed()

    # --- the server's word ---

    def admitted(self, connection: Connection) -> None:
        session = self.launcher.session_of(connection.peer.pid)
        account = session.account
        self._connected.add(connection.peer.pid)
        self._speakers[connection.number] = Speaker(
            user=account.name,
            kind=self._ports.kind_of(account),
            session=connection.number,
            identity=self._ports.identity_of(account),
        )
        self._connections[connection.number] = connection, session
        self._heard[connection.number] = 0
        self._say(self._session(session.display), "running")
        self._tell_policy(connection, session)
        self._ports.changed()

    def policy_changed(self) -> None:
        """Tell every helper what holds now."""
        for connection, session in self._connections.values():
            self._tell_policy(connection, session)
        self._ports.changed()

    def _tell_policy(self, connection: Connection, session: GraphicalSession) -> None:
        policy = self._ports.policy_for(session.account)
        line = self._session(session.display)
        line.allowed, line.policy_reason = policy.sensing, policy.reason
        line.resting, line.rests_until = policy.resting, policy.rests_until
        if self._told.get(connection.number) != policy:
            self._told[connection.number] = policy
            connection.send(ServiceMessage(policy=policy))
        self._ports.present(session, self._speakers[connection.number])

    def received(self, connection: Connection, message: HelperMessage) -> None:
        self._heard[connection.number] += 1
        speaker = self._speaker(connection.number)
        match message.WhichOneof("verb"):
            case "typed" | "title":
                self._ports.observe(_observation(message, self._clock), speaker)
            case "status":
                self._heard_status(connection, message.status)
            case "unseen":
                self._ports.lost(message.unseen.reason, message.unseen.count)
            case "page":
                self._ports.open_page(self._connections[connection.number][1])
            case "help_button":
                self._ports.help_pressed(self._connections[connection.number][1], speaker)

    def overflowed(self, connection: Connection) -> None:  # noqa: ARG002 - the loss is what counts
        self._ports.lost(pb.LossNotice.REASON_INPUT_OVERFLOW, 1)

    def broken(self, connection: Connection, reason: str) -> None:  # noqa: ARG002 - the loss is what counts
        self._ports.lost(pb.LossNotice.REASON_SENSOR_FAILED, 1)
        self.launcher.restart(connection.peer.pid)

    def rejected(self, reason: str) -> None:  # noqa: ARG002 - the loss is what counts
        self._ports.lost(pb.LossNotice.REASON_PEER_REJECTED, 1)

    def closed(self, connection: Connection) -> None:
        del self._speakers[connection.number]
        _, session = self._connections.pop(connection.number, (None, None))
        if session is not None:
            self._ports.left(session)
        self._told.pop(connection.number, None)
        self._heard.pop(connection.number, None)
        self._working.discard(connection.peer.pid)
        self._ports.forget(connection.number)
        pid = connection.peer.pid
        asyncio.get_running_loop().call_later(LEAVE_SECONDS, self.launcher.restart, pid)

    def _heard_status(self, connection: Connection, said: ReportStatus) -> None:
        pid = connection.peer.pid
        if pid not in self._connected:
            # The last word of a helper that has ended: its line is gone or another's.
            return
        line = self._session(self._connections[connection.number][1].display)
        line.indicator_shown, line.indicator_reason = said.indicator_shown, said.indicator_reason
        line.sensors = [
            {
                "sensor": sensor.sensor,
                "working": sensor.working,
                "backend": sensor.backend,
                "reason": sensor.reason,
                "remedy": sensor.remedy,
                "seen": sensor.seen,
                "dropped": sensor.dropped,
                "quiet_minutes": sensor.quiet_minutes if sensor.HasField("quiet_minutes") else None,
            }
            for sensor in said.sensors
        ]
        line.hardening = {
            "not_dumpable": said.hardening.not_dumpable,
            "no_core": said.hardening.no_core,
            "memory_locked": said.hardening.memory_locked,
            "reason": said.hardening.reason,
        }
        if said.indicator_shown:
            self.launcher.settled(pid)
            self._working.add(pid)
        self._ports.changed()

    def _say(self, line: SessionStatus, helper: str) -> None:
        line.helper, line.helper_since = helper, self._clock.now().isoformat(timespec="seconds")

    def _session(self, display: str) -> SessionStatus:
        return self._status.sessions.setdefault(display, SessionStatus(display=display))


def _observation(message: HelperMessage, clock: Clock) -> Observation:
    """Return what the helper saw, at our own time: the helper's word on the time is not needed."""
    if message.HasField("title"):
        title = message.title
        return WindowTitle(title=title.title, application=title.application, observed_at=clock.now())
    typed = message.typed
    return TypedText(
        field_id=typed.field,
        position=typed.position,
        text=typed.text,
        pasted=typed.pasted,
        application=typed.application,
        observed_at=clock.now(),
    )


_ENDS: Mapping[Reason, str] = {
    pb.LossNotice.REASON_HELPER_KILLED: "another program ended it",
    pb.LossNotice.REASON_HELPER_STOPPED: "another program held it still",
    pb.LossNotice.REASON_HELPER_TRACED: "another program looked into it",
    pb.LossNotice.REASON_HELPER_HUNG: "it hung",
    pb.LossNotice.REASON_INDICATOR_GONE: "it ended while it was at work",
    pb.LossNotice.REASON_SENSOR_FAILED: "it ended before it was at work",
}

_TOO_SLOW = "it did not connect in time"


def _reason_of(end: HelperEnd) -> Reason:
    """Return as what an end counts: one that had settled took a shown indicator with it."""
    if end.killed:
        return pb.LossNotice.REASON_HELPER_KILLED
    return pb.LossNotice.REASON_INDICATOR_GONE if end.settled else pb.LossNotice.REASON_SENSOR_FAILED
