"""Who listens on a local socket, by the kernel's word."""

import socket
import struct
from pathlib import Path
from typing import Final

X_SOCKETS: Final = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server has them
_CREDENTIALS: Final = struct.Struct("iII")


def listener_on(path: str) -> int | None:
    """Return the process that made a socket; None where nobody listens."""
    made = maker_of(path)
    # 0 is a process of a namespace that is not ours to see.
    return made[0] or None if made else None


def maker_of(path: str) -> tuple[int, int] | None:
    """Return process and user of who made a socket; None where nobody listens. `path` may be abstract.

    Never waits: a queue that is full counts as nobody.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as asking:
        try:
            asking.connect(path)
            answer = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        except (OSError, ValueError):
            return None
    pid, uid, _ = _CREDENTIALS.unpack(answer)
    return pid, uid
