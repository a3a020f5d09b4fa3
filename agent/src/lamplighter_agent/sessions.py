"""The graphical session that the configuration names, and none; `login_sessions` finds the others."""

import asyncio
import os
import pwd
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter_agent.config import DesktopConfig
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.launching import Account, GraphicalSession


def account_of(name: str | None) -> Account:
    """Return the account of a name, or our own; raise `ConfigError` when there is none of that name."""
    try:
        entry = pwd.getpwuid(os.getuid()) if name is None else pwd.getpwnam(name)
    except KeyError as error:
        raise ConfigError("desktop.user", "is no user of this device") from error
    return account_from(entry)


def account_from(entry: pwd.struct_passwd) -> Account:
    """Return the account of a passwd entry."""
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
            "WAYLAND_DISPLAY": desktop.wayland_display,
            "SWAYSOCK": desktop.sway_socket,
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

    def describe(self) -> Mapping[str, Any]:
        return {"source": "configuration", "reason": "", "left_out": []}

    async def changed(self) -> None:
        await asyncio.Event().wait()


class NoSession:
    """No session is known: nothing is watched, and `status` says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def sessions(self) -> Sequence[GraphicalSession]:
        return ()

    def describe(self) -> Mapping[str, Any]:
        return {"source": "none", "reason": self._reason, "left_out": []}

    async def changed(self) -> None:
        await asyncio.Event().wait()
