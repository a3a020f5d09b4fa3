"""The service's end of the local socket on a Mac, where launchd starts the helper.

Everybody may connect, since a person's helper has no group of ours; who may speak is the rule of
`helper_access` alone, judged before one byte is read. The system is asked by `_caller`, and is a pretended
one in the tests.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lamplighter_agent.backends.macos.helper_access import Caller, InFront, admit
from lamplighter_agent.local_ipc.access import Child, Peer
from lamplighter_agent.local_ipc.unix_door import UnixDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """The questions to the system; each may raise OSError, which refuses."""

    caller: Callable[[socket.socket], Caller]
    user_in_front: Callable[[], int | None]
    unread_bytes: Callable[[socket.socket], int]


Came = Callable[[Child, Callable[[], None]], None]


def _nobody_counts(_child: Child, _send_away: Callable[[], None]) -> None:
    """Let whoever the rule admits be as they are."""


class LaunchdDoor(UnixDoor):
    """Fulfils the server's `Door`; `children` are those that were let in and are still connected."""

    def __init__(self, path: Path, asks: Asks, came: Came = _nobody_counts) -> None:
        """Take whom to tell of each that may come in, and how it is sent away; they may refuse it, too."""
        super().__init__(path, None)
        self._came = came
        self._path_of_all = path
        self._asks = asks
        self._inside: dict[int, tuple[Child, asyncio.Transport]] = {}

    async def open(self, made: Callable[[], asyncio.Protocol], rejected: Callable[[str], None]) -> None:
        await super().open(made, rejected)
        # Nobody could have connected before: the socket is made for root alone.
        self._path_of_all.chmod(0o666)

    def peer_of(self, transport: asyncio.Transport) -> Peer:
        caller = self._asks.caller(transport.get_extra_info("socket"))
        helped = any(child.uid == caller.user for child in self.children().values())
        admit(caller, InFront(user=self._asks.user_in_front(), helped=helped))
        # No group says anything here: it is the same on both sides of the server's own table.
        child = Child(pid=caller.pid, uid=caller.user, gid=0)
        self._came(child, transport.close)
        self._inside[caller.pid] = child, transport
        return Peer(pid=caller.pid, uid=caller.user, gid=0)

    def children(self) -> Mapping[int, Child]:
        """Return the helpers that are connected, by process id."""
        self._inside = {pid: one for pid, one in self._inside.items() if not one[1].is_closing()}
        return {pid: child for pid, (child, _) in self._inside.items()}

    def unread(self, transport: asyncio.Transport) -> bool:
        return self._asks.unread_bytes(transport.get_extra_info("socket")) > 0
