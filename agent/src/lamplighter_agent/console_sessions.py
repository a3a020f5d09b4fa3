"""Finds the graphical session of a Mac that somebody is in front of, as the launcher's side follows it.

Sensed is the one in front while it is unlocked; one that was switched away or is locked rests: its helper is
sent away and comes again when its person is back. Nobody tells of a change, so it is looked for.
"""

import asyncio
import pwd
from collections.abc import Callable, Mapping
from typing import Any, Final

from lamplighter_agent.backends.macos.console import Console
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.sessions import account_from

LOOK_SECONDS: Final = 1.0
DISPLAY: Final = "console"


def account_of(user: int) -> Account | None:
    """Return the account of this number; None where the device knows none."""
    try:
        return account_from(pwd.getpwuid(user))
    except KeyError:
        return None


class ConsoleSessions:
    """Fulfils the launcher's `DescribedFinder`. `told` is called when `describe` answers otherwise."""

    def __init__(
        self,
        ask: Callable[[], Console],
        language: Callable[[Account], str],
        *,
        told: Callable[[], None],
        account: Callable[[int], Account | None] = account_of,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Take what asks the system, and what says which language somebody reads."""
        self._ask = ask
        self._language = language
        self._told = told
        self._account = account
        self._look_seconds = look_seconds
        self._known: tuple[GraphicalSession, ...] = ()
        self._handed: tuple[GraphicalSession, ...] = ()
        self._reason = ""
        self._left_out: dict[str, str] = {}

    def look(self) -> tuple[GraphicalSession, ...]:
        """Ask now, and return who is in front: one session, or none."""
        console = self._ask()
        self._reason = console.reason
        self._left_out = {}
        known = []
        for one in console.sessions:
            account = None if one.left_out else self._account(one.user)
            if account is None:
                self._left_out[str(one.number)] = one.left_out or "its user is not known on this device"
            else:
                known.append(self._session(str(one.number), account))
        self._known = tuple(known)
        return self._known

    def sessions(self) -> tuple[GraphicalSession, ...]:
        self._handed = self.look()
        return self._handed

    def describe(self) -> Mapping[str, Any]:
        left = [{"session": id_, "seat": "", "reason": why} for id_, why in sorted(self._left_out.items())]
        return {"source": "macOS console", "reason": self._reason, "left_out": left}

    async def changed(self) -> None:
        """Return when somebody else is in front, or nobody."""
        while self._known == self._handed:
            known = self.describe()
            await asyncio.sleep(self._look_seconds)
            self.look()
            if self.describe() != known:
                self._told()

    def _session(self, login: str, account: Account) -> GraphicalSession:
        """Return the session as it was known, or make it: its person's language is asked once."""
        key = (DISPLAY, login, account.uid)
        before = next((one for one in self._known if one.key == key), None)
        if before is not None:
            return before
        environment = {"LANG": self._language(account)}
        return GraphicalSession(display=DISPLAY, account=account, environment=environment, login=login)
