"""Watch, guard and scanner of portable media on a Mac, over one set of the system's own calls."""

import functools
import os
import pwd

from lamplighter_agent.backends.macos._disk_arbitration import Arbitration
from lamplighter_agent.backends.macos._disk_programs import DiskPrograms
from lamplighter_agent.backends.macos.media import MacMedia
from lamplighter_agent.backends.macos.media_guard import MountGuard
from lamplighter_agent.backends.macos.media_scanner import mac_scanner
from lamplighter_agent.backends.macos.media_system import Account
from lamplighter_agent.backends.macos.unmount_after import PROCESS
from lamplighter_agent.backends.media_ports import MediaGuard, MediaScanner, MediaWatch
from lamplighter_agent.backends.posix.keeper import KeeperProcess


class LoginConsole:
    """Fills `Console`: who owns the console is in front."""

    def in_front(self) -> Account | None:
        try:
            found = pwd.getpwuid(os.stat("/dev/console").st_uid)  # noqa: PTH116 - one question about a device
        except (OSError, KeyError):
            return None
        # The login window's.
        return (
            None if found.pw_uid == 0 else Account(name=found.pw_name, user=found.pw_uid, group=found.pw_gid)
        )


@functools.cache
def _arbitration() -> Arbitration:
    """Return the one session, which the watch starts and the guard relies on."""
    return Arbitration()


def watch() -> MediaWatch:
    return MacMedia(_arbitration(), DiskPrograms())


def guard() -> MediaGuard:
    news = _arbitration()
    keeper = KeeperProcess(PROCESS)
    return MountGuard(
        DiskPrograms(), LoginConsole(), keeper, refusing=lambda: news.is_on and os.geteuid() == 0
    )


def scanner() -> MediaScanner:
    return mac_scanner(DiskPrograms())
