"""What the service stands on, on Windows.

As the system itself, in session 0, it starts a helper as the person of each session in front. As an ordinary
user there is only that user's own session, and the boundary is weaker: so it is for a demonstration, and
under wine. Anything between, such as another service account, does not start.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.windows import session_watch
from lamplighter_agent.backends.windows.folder_access import make_folder, why_not_ours
from lamplighter_agent.backends.windows.folder_rule import SYSTEM
from lamplighter_agent.backends.windows.person_session import SERVICES, PersonSession, number_of
from lamplighter_agent.backends.windows.pipe import PipeServer
from lamplighter_agent.backends.windows.pipe_access import NAME, SECURITY, own_security
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.launcher import Launcher, Watcher
from lamplighter_agent.launching import Account, DescribedFinder, GraphicalSession, LaunchSettings
from lamplighter_agent.notice.asking import Asks
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.person_sessions import PersonSessions, number_in
from lamplighter_agent.pipe_door import Admit, PipeDoor, Started, starter
from lamplighter_agent.session_dialogs import SessionDialogs, own_command
from lamplighter_agent.session_pages import SessionPages
from lamplighter_agent.status import Boundary

SEPARATE: Final = Boundary(
    kind="separate",
    detail="service as the system in session 0; helper as the session's user, whose programs may neither "
    "read nor end it; pipe whose client is checked by Windows' word to be our own child",
)
UNPROVEN: Final = "parts ran under wine, nothing on Windows: see the table in agent/README.md"
SAME_USER: Final = Boundary(
    kind="same-user",
    detail="WEAKER: service and helper run as one ordinary user; the pipe's client is checked, but any "
    "program of that user could replace the service or what it stores",
)


class WindowsGround:
    """Fulfils `Ground`."""

    def __init__(self, config: AgentConfig) -> None:
        if config.desktop is not None:
            raise ConfigError("desktop", "sessions are found on Windows, not named")
        self._state = config.state
        self._me = session_watch.here()
        self._apart = self._me.user == SYSTEM
        if not self._apart and self._me.number == SERVICES:
            raise ConfigError("service", "must run as the system's own account, LocalSystem")

    @property
    def boundary(self) -> Boundary:
        return SEPARATE if self._apart else SAME_USER

    @property
    def unproven(self) -> str:
        return UNPROVEN

    def settings(self, organisation: str) -> LaunchSettings:
        return LaunchSettings(
            interpreter=sys.executable, socket=Path(NAME), organisation=organisation, gid=None
        )

    def tools(self, settings: LaunchSettings) -> None:
        """Nothing is needed: the system starts processes itself."""

    def folders(self) -> None:
        try:
            make_folder(self._state)
            why = why_not_ours(self._state)
        except OSError as error:
            raise ConfigError("paths.state", f"can't be made: {error.strerror}") from error
        if why:
            raise ConfigError("paths.state", why)

    def finder(self, told: Callable[[], None], sessions: asyncio.Event) -> PersonSessions:
        del told  # It always says the same of itself.
        return PersonSessions(self._people, sessions)

    def door(self, settings: LaunchSettings) -> PipeDoor:
        def pipes(admit: Admit, rejected: Callable[[str], None]) -> PipeServer:
            security = SECURITY if self._apart else own_security(self._me.user)
            return PipeServer(str(settings.socket), admit=admit, rejected=rejected, security=security)

        return PipeDoor(pipes)

    def helpers(self, settings: LaunchSettings, finder: DescribedFinder, watcher: Watcher) -> Launcher:
        return Launcher(settings, finder, watcher, starter(self._start))

    def dialogs(self, settings: LaunchSettings) -> Asks:
        return SessionDialogs(self._begin, settings.interpreter)

    def pages(self, files: PageFiles, settings: LaunchSettings) -> SessionPages:
        def viewer(page: Path) -> list[str]:
            return own_command(settings.interpreter, "page", str(page))

        return SessionPages(files, self._begin, viewer)

    async def end_sessions(self, account: Account) -> bool:
        theirs = [one.number for one in self._people() if number_of(one.user) == account.uid]
        ended = [session_watch.sign_out(number) for number in theirs]
        return bool(ended) and all(ended)

    def _people(self) -> Sequence[PersonSession]:
        return session_watch.sessions() if self._apart else [self._me]

    def _begin(self, session: GraphicalSession, command: Sequence[str]) -> Started:
        return self._start(session, list(command))[0]

    def _start(self, session: GraphicalSession, command: list[str]) -> tuple[Started, str, int]:
        """Start a program in a session, as whoever is signed in there; raise `OSError` where it can't be."""
        user, number = session.login, number_in(session)
        if not self._apart:
            return session_watch.start_here(command), user, number
        return session_watch.start_in(PersonSession(number=number, user=user), command), user, number
