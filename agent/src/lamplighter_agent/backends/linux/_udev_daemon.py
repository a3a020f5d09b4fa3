"""Whether udev's daemon runs: without it its events never come, and nothing says so (pyudev issue 225)."""

import socket
from typing import Final

SOCKET: Final = "/run/udev/control"


def udev_runs() -> bool:
    """Say whether it listens for orders; only root may ask, others are told that it does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        try:
            asked.connect(SOCKET)
        except PermissionError:
            return True
        except OSError:
            return False
    return True
