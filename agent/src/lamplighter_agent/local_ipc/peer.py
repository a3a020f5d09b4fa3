"""Asks the kernel who is at the other end of a local socket. Linux."""

import fcntl
import os
import socket
import struct
import sys
import termios

from lamplighter_agent.local_ipc.access import Peer

_CREDENTIALS = struct.Struct("3i")
# Linux 6.5; Python's socket module does not name it yet.
_SO_PEERPIDFD = 77


def identify(connection: socket.socket) -> Peer:
    """Return the credentials that the peer had when it connected."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, gid = _CREDENTIALS.unpack(raw)
    return Peer(pid=pid, uid=uid, gid=gid, handle_pid=_handle_pid(connection))


def unread_bytes(connection: socket.socket) -> int:
    """Return how much of what we sent the peer has not read (unix(7), SIOCOUTQ: the kernel's own measure)."""
    waiting = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(waiting, sys.byteorder)


def _handle_pid(connection: socket.socket) -> int | None:
    try:
        handle = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError:
        # An older kernel, or the peer was reaped before we asked: then its pid is no child of ours either.
        return None
    try:
        return _pid_of(handle)
    finally:
        os.close(handle)


def _pid_of(handle: int) -> int:
    with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as lines:  # noqa: PTH123 - no file system path
        for line in lines:
            if line.startswith("Pid:"):
                return int(line.split()[1])
    return -1
