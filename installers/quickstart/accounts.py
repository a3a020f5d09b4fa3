"""The account that plays the pupil, and the group that guards the agent's socket. Root only."""

import grp
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

PUPIL = "lamplighter-pupil"
GROUP = "lamplighter"
HOME = Path("/var/lib/lamplighter-pupil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who sits at the device."""

    name: str
    uid: int
    gid: int
    home: Path


def pupil() -> Account:
    """Return the pupil's account: as root one of its own, with a home; otherwise whoever runs the demo."""
    if os.getuid() == 0:
        try:
            pwd.getpwnam(PUPIL)
        except KeyError:
            command = ["useradd", "--system", "--user-group", "--create-home", "--shell", "/bin/bash"]
            subprocess.run([*command, "--home-dir", str(HOME), PUPIL], check=True)
        found = account(PUPIL)
        ensure_home(found)
        return found
    return account(pwd.getpwuid(os.getuid()).pw_name)


def account(name: str) -> Account:
    """Return an account that exists; as root the agent's group is made, too. Raises KeyError."""
    entry = pwd.getpwnam(name)
    if os.getuid() == 0:
        _ensure_group()
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, home=Path(entry.pw_dir))


def ensure_home(found: Account) -> None:
    """Make an account's home where it is missing: removing the demo's folders may leave the account."""
    if not found.home.is_dir():
        found.home.mkdir(mode=0o700, parents=True)
        os.chown(found.home, found.uid, found.gid)


def _ensure_group() -> None:
    try:
        grp.getgrnam(GROUP)
    except KeyError:
        subprocess.run(["groupadd", "--system", GROUP], check=True)
