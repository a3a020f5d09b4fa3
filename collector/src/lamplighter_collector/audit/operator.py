"""Who types at the command line: the account of the operating system, as the kernel keeps it.

The kernel remembers under which account somebody came to the machine (the login uid), also after `sudo`;
where it does not, as in many containers, the account that the verb runs under is all there is to tell.
"""

import os
import pwd
from pathlib import Path
from typing import Final

_LOGIN_UID: Final = Path("/proc/self/loginuid")
_UNSET: Final = (1 << 32) - 1


def operator(login_uid: Path = _LOGIN_UID) -> str:
    """Such as ``mason``, or ``mason as lamplighter`` where the verb runs under another account."""
    own = os.geteuid()
    came_as = _read(login_uid)
    if came_as in {own, _UNSET}:
        return _name(own)
    return f"{_name(came_as)} as {_name(own)}"


def _read(login_uid: Path) -> int:
    try:
        return int(login_uid.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _UNSET


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
