"""Finds the graphical sessions to watch among those that the system keeps.

Sensed is the session in front of each seat while it is unlocked: one that is switched away or locked rests,
its helper is ended and starts again when its person is back. Greeters, remote sessions and those without a
screen are left out; `describe` says which and why.
"""

import asyncio
import contextlib
import pwd
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lamplighter_agent.backends.logins import LoginManager, LoginSession
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.launching import SESSION_VARIABLES, GraphicalSession
from lamplighter_agent.sessions import account_from

# Changes come in bursts: at a sign-in several within this time.
SETTLE_SECONDS: Final = 0.1
# A session whose programs have not started yet is looked at again.
LOOK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 10.0
NO_DISPLAY: Final = "no display of its own user has been found yet"
_HANDED_ON: Final = frozenset(SESSION_VARIABLES)
_GRAPHICAL: Final = frozenset({"x11", "wayland"})


def left_out(session: LoginSession, *, only_uid: int | None) -> str:
    """Return why a session is not watched; empty where it is. `only_uid` is the service's, unless root."""
    reasons = (
        (session.group == "greeter", "a sign-in screen"),
        (not session.group.startswith("user"), "no person's session"),
        (session.kind not in _GRAPHICAL, "has no graphical screen"),
        (session.remote, "a remote session: nobody sits at this device"),
        (not session.seat, "has no seat"),
        (only_uid is None and session.uid == 0, "is root's: service and helper must not share a user"),
        (only_uid not in (None, session.uid), "is another user's: that needs the service to run as root"),
        (session.closing, "is ending"),
        (not session.active, "switched away: rests until its person is back"),
        (session.locked, "locked: rests until its person is back"),
    )
    return next((reason for holds, reason in reasons if holds), "")


class LoginSessions:
    """Fulfils the launcher's `SessionFinder`. `told` is called when `describe` answers otherwise."""

    def __init__(
        self,
        manager: LoginManager,
        *,
        only_uid: int | None,
        told: Callable[[], None],
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._manager = manager
        self._only_uid = only_uid
        self._told = told
        self._retry_seconds = retry_seconds
        self._event = asyncio.Event()
        self._connected = False
        self._looked = False
        self._reason = ""
        self._left_out: dict[str, tuple[str, str]] = {}
        self._watched: dict[str, GraphicalSession] = {}

    def sessions(self) -> Sequence[GraphicalSession]:
        return tuple(self._watched.values())

    def describe(self) -> Mapping[str, Any]:
        left = [
            {"session": id_, "seat": seat, "reason": reason}
            for id_, (seat, reason) in sorted(self._left_out.items())
        ]
        return {"source": "logind", "reason": self._reason, "left_out": left}

    async def changed(self) -> None:
        """Return when there are other sessions; the system's keeper is let go when this is cancelled."""
        before = self._watched
        try:
            while self._watched == before:
                if self._looked:
                    await self._wait()
                known = self.describe()
                await self._look()
                self._looked = True
                if self.describe() != known:
                    self._told()
        except BaseException:
            self._connected = self._looked = False
            self._manager.close()
            raise

    async def _wait(self) -> None:
        seconds = None if self._connected else self._retry_seconds
        if any(reason == NO_DISPLAY for _, reason in self._left_out.values()):
            seconds = LOOK_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        if self._connected:
            await asyncio.sleep(SETTLE_SECONDS)
        self._event.clear()

    async def _look(self) -> None:
        try:
            if not self._connected:
                await self._manager.connect(self._event.set)
                self._connected = True
            found = await self._manager.sessions()
        except BackendUnavailable as error:
            # Nobody says any more who is in front: nothing is watched.
            self._manager.close()
            self._connected = False
            self._reason, self._left_out, self._watched = error.reason, {}, {}
            return
        self._reason = ""
        self._take(found)

    def _take(self, found: Sequence[LoginSession]) -> None:
        watched: dict[str, GraphicalSession] = {}
        self._left_out = {}
        for session in found:
            reason = left_out(session, only_uid=self._only_uid)
            graphical = None if reason else self._watched.get(session.id)
            if not reason and graphical is None:
                graphical, reason = self._graphical(session)
            if graphical is None:
                self._left_out[session.id] = session.seat, reason
            else:
                watched[session.id] = graphical
        self._watched = watched

    def _graphical(self, session: LoginSession) -> tuple[GraphicalSession | None, str]:
        """Return the session as the launcher needs it, or why that can't be."""
        try:
            account = account_from(pwd.getpwuid(session.uid))
        except KeyError:
            return None, "its user is not known on this device"
        environment = dict(self._manager.environment(session))
        display = environment.pop("DISPLAY", "")
        wayland = environment.get("WAYLAND_DISPLAY", "")
        if session.kind == "wayland" and not wayland:
            return None, NO_DISPLAY
        if session.kind == "x11":
            # A Wayland compositor inside an X session is not what its person looks at.
            environment.pop("WAYLAND_DISPLAY", None)
            environment.pop("SWAYSOCK", None)
        if session.kind == "wayland" and not (display and {"SWAYSOCK"} <= environment.keys() & _HANDED_ON):
            # What an X server inside a compositor calls shown may be on no screen; only sway tells.
            display = wayland if wayland.startswith("/") else f"{session.runtime}/{wayland}"
        if not display:
            return None, NO_DISPLAY
        return GraphicalSession(
            display=display, account=account, environment=environment, login=session.id
        ), ""
