"""The sessions of people on Windows, as the launcher follows them.

The service manager tells that a session came or went, not which; so all are asked for again, and now and then
without being told, since a sign-in is told before its user can be asked for.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from lamplighter_agent.backends.windows.person_session import number_of
from lamplighter_agent.launching import Account, GraphicalSession

LOOK_SECONDS = 5.0
_PREFIX = "session "


class Person(Protocol):
    """A session somebody is signed in to; `user` and `groups` are security identifiers."""

    @property
    def number(self) -> int: ...

    @property
    def user(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def groups(self) -> Sequence[str]: ...

    @property
    def language(self) -> str: ...


class PersonSessions:
    """Fulfils the launcher's `SessionFinder`."""

    def __init__(
        self,
        find: Callable[[], Sequence[Person]],
        told: asyncio.Event,
        *,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Take how sessions are found, and the event by which the service manager tells of them."""
        self._find = find
        self._told = told
        self._look_seconds = look_seconds
        self._known: tuple[GraphicalSession, ...] = ()

    def sessions(self) -> Sequence[GraphicalSession]:
        self._known = tuple(_graphical(one) for one in self._find())
        return self._known

    def describe(self) -> Mapping[str, Any]:
        return {"source": "Windows", "reason": "", "left_out": []}

    async def changed(self) -> None:
        """Return when there are other sessions, or somebody else is signed in to one."""
        before = self._known
        while self.sessions() == before:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._told.wait()
            self._told.clear()


def number_in(session: GraphicalSession) -> int:
    """Return the number by which Windows knows a session that was found here."""
    return int(session.display.removeprefix(_PREFIX))


def _graphical(person: Person) -> GraphicalSession:
    account = Account(
        name=person.name or person.user,
        uid=number_of(person.user),
        gid=0,
        groups=tuple(number_of(one) for one in person.groups),
        home="",
    )
    return GraphicalSession(
        display=f"{_PREFIX}{person.number}",
        account=account,
        environment={"LANG": person.language} if person.language else {},
        login=person.user,
    )
