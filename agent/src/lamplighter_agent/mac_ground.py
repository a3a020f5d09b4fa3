"""What the service stands on, on a Mac: launchd's daemon, as root, and nothing less.

launchd starts the helper in each graphical session, as its person; the service admits the one of the session
in front by the rule of `helper_access`, which an unsigned build never meets. So there is no weaker boundary
for a demonstration here, and a service that is not root does not start.
"""

import asyncio
import asyncio.subprocess
import os
import socket
import stat
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lamplighter_agent.backends.macos import _caller, _console, console, launchctl, running
from lamplighter_agent.backends.macos._kqueue import ProcessQueue
from lamplighter_agent.backends.macos.exit_watch import ExitWatch, Queue
from lamplighter_agent.backends.macos.helper_access import Caller
from lamplighter_agent.backends.macos.preferred_language import preferred_language
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.console_sessions import ConsoleSessions
from lamplighter_agent.errors import BackendUnavailable, ConfigError
from lamplighter_agent.files import replace_whole
from lamplighter_agent.launchd_door import Asks as DoorAsks
from lamplighter_agent.launchd_door import LaunchdDoor
from lamplighter_agent.launchd_helpers import LaunchdHelpers, LaunchdPorts
from lamplighter_agent.launcher import Watcher
from lamplighter_agent.launching import Account, DescribedFinder, GraphicalSession, LaunchSettings
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.program_dialogs import ProgramDialogs
from lamplighter_agent.organisation_file import path_beside
from lamplighter_agent.session_pages import SessionPages
from lamplighter_agent.status import Boundary

BOUNDARY: Final = Boundary(
    kind="separate",
    detail="service as root, started by launchd; helper as the session's user, started by launchd, in the "
    "hardened runtime; socket whose peer is checked by the kernel's audit token: launchd's own child, signed "
    "as the service is, of the user in front of the screen",
)
UNPROVEN: Final = "no part has run on a Mac, only on a pretended one: see the table in agent/README.md"
OPEN: Final = "/usr/bin/open"
NEEDED: Final = (launchctl.LAUNCHCTL, launchctl.SUDO, OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the system is asked, each by the one module that can; a pretended Mac answers in the tests."""

    needed: tuple[str, ...] = NEEDED
    own_user: Callable[[], int] = os.getuid
    console_user: Callable[[], int | None] = _console.console_user
    registry: Callable[[str], bytes | None] = _console.registry_property
    caller: Callable[[socket.socket], Caller] = _caller.caller_of
    unread_bytes: Callable[[socket.socket], int] = _caller.unread_bytes
    queue: Callable[[], Queue] = ProcessQueue
    run_all: Callable[[Sequence[Sequence[str]]], Awaitable[bool]] = running.run_all


class MacGround:
    """Fulfils `Ground`."""

    def __init__(self, config: AgentConfig, asked: Asked | None = None) -> None:
        self._asked = asked or Asked()
        if config.desktop is not None:
            raise ConfigError("desktop", "sessions are found on a Mac, not named")
        self._config = config
        self._organisation = ""
        self._sessions: ConsoleSessions | None = None
        self._helpers: LaunchdHelpers | None = None

    @property
    def boundary(self) -> Boundary:
        return BOUNDARY

    @property
    def unproven(self) -> str:
        return UNPROVEN

    def settings(self, organisation: str) -> LaunchSettings:
        self._organisation = organisation
        return LaunchSettings(
            interpreter=sys.executable, socket=self._config.socket, organisation=organisation, gid=None
        )

    def tools(self, settings: LaunchSettings) -> None:
        del settings
        for path in self._asked.needed:
            if not os.access(path, os.X_OK):
                raise BackendUnavailable("process boundary", f"{path} is missing", "repair macOS")

    def folders(self) -> None:
        """Make the service's folders; a helper has to get through to the socket, and write nothing."""
        if self._asked.own_user() != 0:
            raise ConfigError("service", "must run as root: launchd starts it")
        for key, folder in (("paths.state", self._config.state), ("paths.runtime", self._config.runtime)):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            about = folder.stat()
            if about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & 0o022:
                raise ConfigError(key, "must belong to the service's user and be writable by nobody else")
            folder.chmod(0o755)
        told = path_beside(self._config.socket)
        replace_whole(told, self._organisation.encode(), public=True, durable=False)

    def finder(self, told: Callable[[], None], sessions: asyncio.Event) -> ConsoleSessions:
        del sessions  # Who is in front is asked for.
        self._sessions = ConsoleSessions(
            lambda: console.look(self._asked.console_user, self._asked.registry),
            lambda account: preferred_language(account.home, account.uid),
            told=told,
        )
        return self._sessions

    def helpers(self, settings: LaunchSettings, finder: DescribedFinder, watcher: Watcher) -> LaunchdHelpers:
        del settings
        assert finder is self._sessions
        ends = ExitWatch(self._asked.queue)
        ports = LaunchdPorts(
            watch_end=ends.watch,
            start=lambda session: self._asked.run_all(launchctl.start(session.account.uid)),
            restart=lambda session: self._asked.run_all(launchctl.restart(session.account.uid)),
            close=ends.close,
        )
        self._helpers = LaunchdHelpers(self._sessions, watcher, ports)
        return self._helpers

    def door(self, settings: LaunchSettings) -> LaunchdDoor:
        helpers = self._helpers
        assert helpers is not None
        asks = DoorAsks(
            caller=self._asked.caller,
            user_in_front=lambda: helpers.user_in_front,
            unread_bytes=self._asked.unread_bytes,
        )
        return LaunchdDoor(settings.socket, asks, helpers.came)

    def dialogs(self, settings: LaunchSettings) -> ProgramDialogs:
        def begin(session: GraphicalSession) -> Awaitable[asyncio.subprocess.Process]:
            command = launchctl.as_person(session.account.uid, [settings.interpreter, "dialog"])
            return running.begin(command, talks=True)

        return ProgramDialogs(begin)

    def pages(self, files: PageFiles, settings: LaunchSettings) -> SessionPages:
        del settings

        def start(session: GraphicalSession, command: Sequence[str]) -> running.Begun:
            return running.Begun(launchctl.as_person(session.account.uid, command))

        return SessionPages(files, start, lambda page: [OPEN, str(page)])

    async def end_sessions(self, account: Account) -> bool:
        return await self._asked.run_all(launchctl.sign_out(account.uid))
