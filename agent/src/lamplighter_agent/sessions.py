"""Finds the graphical sessions to watch: for now the one that the configuration names."""

import asyncio
import os
import pwd
from collections.abc import Sequence

from lamplighter_agent.config import DesktopConfig
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.launching import Account, GraphicalSession


def account_of(name: str | None) -> Account:
    """Return the account of a name, or our own; raise `ConfigError` when there is none of that name."""
    try:
        entry = pwd.getpwuid(os.getuid()) if name is None else pwd.getpwnam(name)
    except KeyError as error:
        raise ConfigError("desktop.user", "is no user of this device") from error
    return Account(
        name=entry.pw_name,
        uid=entry.pw_uid,
        gid=entry.pw_gid,
        groups=tuple(os.getgrouplist(entry.pw_name, entry.pw_gid)),
        home=entry.pw_dir,
    )


class ConfiguredSession:
    """One session, told by the configuration, for as long as the service runs."""

    def __init__(self, desktop: DesktopConfig) -> None:
        told = {
            "XAUTHORITY": desktop.xauthority,
            "DBUS_SESSION_BUS_ADDRESS": desktop.dbus_session_bus_address,
            "XDG_RUNTIME_DIR": desktop.xdg_runtime_dir,
            "LANG": desktop.language,
        }
        self._session = GraphicalSession(
            display=desktop.display,
            account=account_of(desktop.user),
            environment={name: value for name, value in told.items() if value is not None},
        )

    def sessions(self) -> Sequence[GraphicalSession]:
        return (self._session,)

    async def changed(self) -> None:
        await asyncio.Event().wait()


class NoSession:
    """No session is known: nothing is watched, and `status` says why."""

    def sessions(self) -> Sequence[GraphicalSession]:
        return ()

    async def changed(self) -> None:
        await asyncio.Event().wait()
