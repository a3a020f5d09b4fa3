"""Whose files a collector's are, and acting as that account where root types the verb.

Every secret must belong to the account that serves: what root made beside it would stop the next start. So a
verb that root types acts as the owner of the state folder, and the kernel still knows who came as whom.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ACCOUNT: Final = "lamplighter-collector"
"""The account that the package makes."""
_ROOT: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An account of the machine."""

    uid: int
    gid: int


def owner_of(folder: Path) -> Owner:
    """Who owns a folder; of one that is not there yet, the package's account for root, else ourselves."""
    if folder.exists():
        about = folder.stat()
        return Owner(uid=about.st_uid, gid=about.st_gid)
    if os.geteuid() == _ROOT:
        try:
            account = pwd.getpwnam(ACCOUNT)
        except KeyError:
            pass
        else:
            return Owner(uid=account.pw_uid, gid=account.pw_gid)
    return Owner(uid=os.geteuid(), gid=os.getegid())


def become(owner: Owner) -> None:
    """Be this account from now on, if we are root and it is not; there is no way back."""
    if os.geteuid() != _ROOT or owner.uid == _ROOT:
        return
    os.setgroups([])
    os.setgid(owner.gid)
    os.setuid(owner.uid)


@contextmanager
def acting_as(owner: Owner) -> Iterator[None]:
    """Make files as this account, if we are root; afterwards be root again. For a process of one thread."""
    if os.geteuid() != _ROOT or owner.uid == _ROOT:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(owner.gid)
    os.seteuid(owner.uid)
    try:
        yield
    finally:
        os.seteuid(_ROOT)
        os.setegid(gid)
        os.setgroups(groups)


def made_for(folder: Path, owner: Owner) -> None:
    """A folder of this account's alone, if there is none.

    Raises:
        OSError: it can't be made.
    """
    if folder.exists():
        return
    folder.mkdir(mode=0o700)
    if os.geteuid() == _ROOT:
        os.chown(folder, owner.uid, owner.gid)
