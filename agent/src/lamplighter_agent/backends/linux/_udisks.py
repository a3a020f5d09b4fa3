"""What the guard of portable media asks of polkit and UDisks, by D-Bus as both document it.

A connection is made for each question and closed after it: the guard asks a few times for each medium, and
a connection that is kept would have to be watched.
"""

import asyncio
import contextlib
import os
import pwd
import re
from enum import Enum
from pathlib import Path
from typing import Any, Final

from dbus_fast import BusType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._dbus import ANSWER_S, BROKEN, Target, call
from lamplighter_agent.errors import BackendUnavailable

_POLKIT: Final = (
    "org.freedesktop.PolicyKit1",
    "/org/freedesktop/PolicyKit1/Authority",
    "org.freedesktop.PolicyKit1.Authority",
)
_UDISKS: Final = "org.freedesktop.UDisks2"
MOUNT: Final = "org.freedesktop.udisks2.filesystem-mount"


class Answer(Enum):
    """What polkit says of one account and one device."""

    YES = "yes"
    NO = "no"
    # After somebody proves to be an administrator: what is said where our rule is not in force.
    ASKS = "asks"


async def polkit_says(account: str, device: str) -> Answer:
    """Ask whether an account may mount a device.

    Raises:
        BackendUnavailable: polkit does not answer, or UDisks' actions are unknown to it.
    """
    subject = [
        "unix-process",
        {
            "pid": Variant("u", os.getpid()),
            "start-time": Variant("t", _start_time()),
            "uid": Variant("i", pwd.getpwnam(account).pw_uid),
        },
    ]
    told = await _ask(
        _POLKIT, "CheckAuthorization", "(sa{sv})sa{ss}us", [subject, MOUNT, {"device": device}, 0, ""]
    )
    is_authorized, is_challenge, _details = told[0]
    return Answer.YES if is_authorized else Answer.ASKS if is_challenge else Answer.NO


async def polkit_answers() -> bool:
    """Say whether polkit is there, which the bus may start for this as it does when UDisks asks."""
    with contextlib.suppress(BackendUnavailable):
        await _ask((*_POLKIT[:2], "org.freedesktop.DBus.Peer"), "Ping", "", [])
        return True
    return False


async def unmount(node: str) -> None:
    """Have UDisks unmount it, in use or not; raises `BackendUnavailable` where it does not."""
    target = (_UDISKS, object_path(node), f"{_UDISKS}.Filesystem")
    await _ask(target, "Unmount", "a{sv}", [{"force": Variant("b", True)}])


def object_path(node: str) -> str:
    """UDisks' name of a block device: letters and digits as they are, all else in hexadecimal."""
    name = re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found[0]):02x}", node.rpartition("/")[2])
    return f"/org/freedesktop/UDisks2/block_devices/{name}"


def _start_time() -> int:
    stat = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace")
    return int(stat.rpartition(")")[2].split()[19])


async def _ask(target: Target, member: str, signature: str, body: list[Any]) -> list[Any]:
    try:
        async with asyncio.timeout(ANSWER_S):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                return await call(bus, target, member, signature, body)
            finally:
                bus.disconnect()
    except DBusError as error:
        # Its name is one of a published list; its text may hold a label or a mount point.
        raise BackendUnavailable(
            "MediaGuard", f"{member}: {error.type}", "install and start polkitd and udisks2"
        ) from error
    except BROKEN as error:
        raise BackendUnavailable(
            "MediaGuard", f"the system bus does not answer: {type(error).__name__}", "start dbus and polkit"
        ) from error
