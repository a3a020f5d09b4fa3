"""What the service stands on, on Linux: its folders, its group, the boundary it can offer.

As root the helper becomes the session's user and carries a group that nobody else has; as an ordinary user
there is only that user. In between there is nothing: a root service without the group, without `setpriv` or
for a session of root's own does not start.
"""

import asyncio
import grp
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass

from lamplighter_agent import posix_helper
from lamplighter_agent.backends.select_device import end_sessions, login_manager, make_state_folder
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.errors import BackendUnavailable, ConfigError
from lamplighter_agent.launcher import Launcher, Watcher
from lamplighter_agent.launching import Account, DescribedFinder, LaunchSettings
from lamplighter_agent.local_ipc.unix_door import UnixDoor
from lamplighter_agent.login_sessions import LoginSessions
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.open import PageOpener
from lamplighter_agent.sessions import ConfiguredSession, NoSession
from lamplighter_agent.status import SAME_USER, SEPARATE, Boundary


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """`gid` is the helper's group; None as an ordinary user."""

    gid: int | None
    boundary: Boundary


def base_of(config: AgentConfig) -> Base:
    """Return the boundary that holds here; raise `ConfigError` where it can't be what it must be."""
    if os.getuid() != 0:
        return Base(gid=None, boundary=SAME_USER)
    try:
        gid = grp.getgrnam(config.session.group).gr_gid
    except KeyError as error:
        raise ConfigError("session.group", "is no group of this device") from error
    if gid == os.getgid():
        raise ConfigError("session.group", "is the service's own group")
    return Base(gid=gid, boundary=SEPARATE)


def finder(config: AgentConfig, base: Base, told: Callable[[], None]) -> DescribedFinder:
    """Return who knows the sessions to watch; raise `ConfigError` for one that can't be kept apart.

    `told` is called when what it says of itself changes.
    """
    if config.desktop is None:
        manager = login_manager()
        if manager is None:
            return NoSession("sessions can't be found on this platform yet")
        return LoginSessions(manager, only_uid=os.getuid() if base.gid is None else None, told=told)
    found = ConfiguredSession(config.desktop)
    (session,) = found.sessions()
    if base.gid is None and session.account.uid != os.getuid():
        raise ConfigError("desktop.user", "is another user: that needs the service to run as root")
    if base.gid is not None and session.account.uid == 0:
        raise ConfigError("desktop.user", "is root: service and helper must not share a user")
    return found


def folders(config: AgentConfig, base: Base) -> None:
    """Make the service's folders, or check that they are its own: nobody else may write there."""
    make_state_folder(config.state)
    config.runtime.mkdir(mode=0o750, parents=True, exist_ok=True)
    for key, folder in (("paths.state", config.state), ("paths.runtime", config.runtime)):
        about = folder.stat()
        if about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & 0o022:
            raise ConfigError(key, "must belong to the service's user and be writable by nobody else")
    if base.gid is not None:
        os.chown(config.runtime, 0, base.gid)
        config.runtime.chmod(0o750)


def tools(settings: LaunchSettings) -> None:
    """Check that what starts a helper is there."""
    if settings.gid is None:
        return
    if not os.access(settings.setpriv, os.X_OK):
        raise BackendUnavailable("process boundary", f"{settings.setpriv} is missing", "install util-linux")


class PosixGround:
    """Fulfils `Ground`."""

    def __init__(self, config: AgentConfig) -> None:
        self._config = config
        self._base = base_of(config)

    @property
    def boundary(self) -> Boundary:
        return self._base.boundary

    @property
    def unproven(self) -> str:
        return ""

    def settings(self, organisation: str) -> LaunchSettings:
        return LaunchSettings(
            interpreter=sys.executable,
            socket=self._config.socket,
            organisation=organisation,
            gid=self._base.gid,
        )

    def tools(self, settings: LaunchSettings) -> None:
        tools(settings)

    def folders(self) -> None:
        folders(self._config, self._base)

    def finder(self, told: Callable[[], None], sessions: asyncio.Event) -> DescribedFinder:
        del sessions  # Who knows the sessions tells of them.
        return finder(self._config, self._base, told)

    def door(self, settings: LaunchSettings) -> UnixDoor:
        return UnixDoor(settings.socket, settings.gid)

    def helpers(self, settings: LaunchSettings, finder: DescribedFinder, watcher: Watcher) -> Launcher:
        return Launcher(settings, finder, watcher, posix_helper.start)

    def dialogs(self, settings: LaunchSettings) -> Dialogs:
        return Dialogs(settings)

    def pages(self, files: PageFiles, settings: LaunchSettings) -> PageOpener:
        return PageOpener(files, settings)

    async def end_sessions(self, account: Account) -> bool:
        return await end_sessions(account.uid)
