"""The local socket itself: made with its owner and mode before anybody can connect to it."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

from lamplighter_agent.errors import ConfigError
from lamplighter_agent.local_ipc.access import Peer
from lamplighter_agent.local_ipc.peer import identify, unread_bytes

_LONGEST_PATH = 107


class UnixDoor:
    """Fulfils the server's `Door`. `gid` is None where the service runs as an ordinary user."""

    def __init__(self, path: Path, gid: int | None) -> None:
        self._path = path
        self._gid = gid
        self._server: asyncio.Server | None = None

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.is_serving()

    async def open(self, made: Callable[[], asyncio.Protocol], rejected: Callable[[str], None]) -> None:
        del rejected  # Who connects is judged by `made`.
        listener = _bind(self._path, self._gid)
        self._server = await asyncio.get_running_loop().create_unix_server(made, sock=listener)

    def shut(self) -> None:
        if self._server is not None:
            self._server.close()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None
            self._path.unlink(missing_ok=True)

    def peer_of(self, transport: asyncio.Transport) -> Peer:
        return identify(transport.get_extra_info("socket"))

    def unread(self, transport: asyncio.Transport) -> bool:
        return unread_bytes(transport.get_extra_info("socket")) > 0


def _bind(path: Path, gid: int | None) -> socket.socket:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise ConfigError("paths.runtime", f"is too long: a socket's path has at most {_LONGEST_PATH} bytes")
    if _somebody_listens(path):
        raise ConfigError("paths.runtime", "another service listens there")
    path.unlink(missing_ok=True)
    # Not inherited by a program that we start: Python's sockets never are.
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.setblocking(False)
    # Nobody but us may connect until the group is set.
    mask = os.umask(0o177)
    try:
        listener.bind(os.fspath(path))
        if gid is not None:
            os.chown(path, 0, gid)
            path.chmod(0o660)
    except OSError as error:
        listener.close()
        raise ConfigError("paths.runtime", f"no socket there: {error.strerror}") from error
    finally:
        os.umask(mask)
    return listener


def _somebody_listens(path: Path) -> bool:
    """Tell a living service's socket from what a killed one left behind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(os.fspath(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except BlockingIOError:
            # Its queue is full.
            return True
        except OSError as error:
            raise ConfigError("paths.runtime", f"no socket there: {error.strerror}") from error
    return True
