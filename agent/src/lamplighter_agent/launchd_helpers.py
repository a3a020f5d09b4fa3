"""The helpers of a Mac, which launchd starts and keeps: follows who is in front and what becomes of helpers.

The launcher's counterpart there. A helper is known from the moment the door has let it in; its end is the
kernel's word. One that is missed for too long is on record and asked for again, since a person may take a
job out of their own session. A helper whose session rests is sent away, which is no end to record: it waits
by itself until its person is back. At a sign-out its end may be known before the session's: so an end counts
only where the session is still there a moment later, or the next helper has come.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from lamplighter_agent.errors import PeerRejected
from lamplighter_agent.launcher import HelperEnd, Watcher
from lamplighter_agent.launching import GraphicalSession, SessionFinder, SessionKey
from lamplighter_agent.local_ipc.access import Child

# A session whose helper is missed again and again is told of this often. Seconds.
LAST_SECONDS: Final = 60.0


class Looks(SessionFinder, Protocol):
    """A finder that can be asked at once."""

    def look(self) -> tuple[GraphicalSession, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchdPorts:
    """What launchd and the kernel do for us. `watch_end` raises OSError where the process is gone."""

    watch_end: Callable[[int, Callable[[int], None]], None]
    start: Callable[[GraphicalSession], Awaitable[bool]]
    restart: Callable[[GraphicalSession], Awaitable[bool]]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long something is waited for, in seconds."""

    # A sign-in takes its time; after an end launchd's next one is there within some five seconds.
    comes: float = 20.0
    back: float = 8.0
    # By then a session whose helper ended with it is known to be over.
    grace: float = 2.5


@dataclass(slots=True, kw_only=True)
class _Helper:
    session: GraphicalSession
    child: Child
    send_away: Callable[[], None]
    settled: bool = False
    ours: bool = False
    leaving: bool = False


class LaunchdHelpers:
    """Fulfils the ground's `Helpers`."""

    def __init__(
        self, finder: Looks, watcher: Watcher, ports: LaunchdPorts, patience: Patience | None = None
    ) -> None:
        self._patience = patience or Patience()
        self._finder = finder
        self._watcher = watcher
        self._ports = ports
        self._helpers: dict[int, _Helper] = {}
        self._followed: dict[SessionKey, GraphicalSession] = {}
        # When a session without a helper is told of, and how long it was waited for.
        self._due: dict[SessionKey, tuple[asyncio.TimerHandle, float]] = {}
        self._ended: dict[SessionKey, tuple[asyncio.TimerHandle, Callable[[], None]]] = {}
        self._asking: set[asyncio.Task[bool]] = set()

    def children(self) -> Mapping[int, Child]:
        """Return those that were let in and have not ended, by process id."""
        return {pid: helper.child for pid, helper in self._helpers.items()}

    @property
    def uids(self) -> frozenset[int]:
        return frozenset(session.account.uid for session in self._followed.values())

    @property
    def user_in_front(self) -> int | None:
        """Who is in front now; None where nobody is, or the screen is locked."""
        return next((session.account.uid for session in self._finder.look()), None)

    def session_of(self, pid: int) -> GraphicalSession:
        return self._helpers[pid].session

    def came(self, child: Child, send_away: Callable[[], None]) -> None:
        """Take in a helper that the door knows as ours; raise `PeerRejected` where its session rests."""
        session = next((one for one in self._finder.look() if one.account.uid == child.uid), None)
        if session is None:
            raise PeerRejected("connect: not the user in front of the screen")
        self._tell_end(session.key)
        try:
            self._ports.watch_end(child.pid, lambda code: self._on_end(child.pid, code))
        except OSError as error:
            raise PeerRejected("connect: the process is gone") from error
        self._followed.setdefault(session.key, session)
        self._no_longer_due(session.key)
        self._helpers[child.pid] = _Helper(session=session, child=child, send_away=send_away)
        self._watcher.helper_started(child.pid, session)

    def settled(self, pid: int) -> None:
        if pid in self._helpers:
            self._helpers[pid].settled = True

    def restart(self, pid: int) -> None:
        """Have launchd end a helper that must not go on and start another."""
        helper = self._helpers.get(pid)
        if helper is not None and not helper.ours:
            helper.ours = True
            self._ask(self._ports.restart(helper.session))

    async def run(self) -> None:
        """Follow who is in front until cancelled, then send every helper away."""
        try:
            while True:
                self._follow({session.key: session for session in self._finder.sessions()})
                await self._finder.changed()
        finally:
            await self._stop()

    def _follow(self, sessions: Mapping[SessionKey, GraphicalSession]) -> None:
        for key in [key for key in self._followed if key not in sessions]:
            self._leave(self._followed.pop(key))
        for key, session in sessions.items():
            if key not in self._followed:
                self._followed[key] = session
                self._expect(session, self._patience.comes)

    def _leave(self, session: GraphicalSession) -> None:
        self._no_longer_due(session.key)
        timer, _ = self._ended.pop(session.key, (None, None))
        if timer is not None:
            timer.cancel()
        for helper in self._helpers.values():
            if helper.session.key == session.key:
                helper.leaving = True
                helper.send_away()
        self._watcher.session_left(session)

    def _on_end(self, pid: int, code: int) -> None:
        helper = self._helpers.pop(pid, None)
        if helper is None or helper.leaving:
            return
        key, end = helper.session.key, HelperEnd(code=code, settled=helper.settled, ours=helper.ours)

        def tell() -> None:
            self._watcher.helper_ended(pid, helper.session, end)

        self._tell_end(key)
        timer = asyncio.get_running_loop().call_later(self._patience.grace, self._tell_end, key)
        self._ended[key] = timer, tell
        if key in self._followed:
            self._expect(helper.session, self._patience.back)

    def _tell_end(self, key: SessionKey) -> None:
        """Record an end that is known, unless its session is over."""
        timer, tell = self._ended.pop(key, (None, None))
        if timer is None or tell is None:
            return
        timer.cancel()
        if any(session.key == key for session in self._finder.look()):
            tell()

    def _expect(self, session: GraphicalSession, seconds: float) -> None:
        self._no_longer_due(session.key)
        timer = asyncio.get_running_loop().call_later(seconds, self._missed, session)
        self._due[session.key] = timer, seconds

    def _no_longer_due(self, key: SessionKey) -> None:
        timer, _ = self._due.pop(key, (None, 0.0))
        if timer is not None:
            timer.cancel()

    def _missed(self, session: GraphicalSession) -> None:
        _, waited = self._due.pop(session.key)
        if not any(one.key == session.key for one in self._finder.look()):
            # It rests, or is over: `run` is about to hear of it, or it was for a moment only.
            self._expect(session, waited)
            return
        self._watcher.helper_not_started(session)
        self._ask(self._ports.start(session))
        self._expect(session, min(waited * 2, LAST_SECONDS))

    def _ask(self, wish: Awaitable[bool]) -> None:
        """Have launchd do something; that it did not is seen by what comes of it."""
        asking = asyncio.ensure_future(wish)
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def _stop(self) -> None:
        for key in list(self._due):
            self._no_longer_due(key)
        for timer, _ in self._ended.values():
            timer.cancel()
        self._ended.clear()
        for helper in self._helpers.values():
            helper.leaving = True
            helper.send_away()
        asking = list(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        with suppress(OSError):
            self._ports.close()
