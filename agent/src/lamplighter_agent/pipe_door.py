"""The named pipe of Windows as the server's door, and a helper's process there as the launcher's.

Who somebody is on Windows is a security identifier; as a number, which is all that is compared, it is its
letters read as one. The session stands where the group does: both say from where a helper may come.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from lamplighter_agent.backends.windows.person_session import number_of
from lamplighter_agent.errors import PeerRejected
from lamplighter_agent.launching import GraphicalSession, LaunchSettings, command
from lamplighter_agent.local_ipc.access import Child, Peer


class PipeClient(Protocol):
    """Who is at the other end of a pipe, by the kernel's word."""

    @property
    def pid(self) -> int: ...

    @property
    def session(self) -> int: ...

    @property
    def user(self) -> str: ...


class Pipes(Protocol):
    """Listens at a name."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


Admit = Callable[[PipeClient], asyncio.Protocol]
MakePipes = Callable[[Admit, Callable[[str], None]], Pipes]


class PipeDoor:
    """Fulfils the server's `Door`."""

    def __init__(self, make: MakePipes) -> None:
        self._make = make
        self._pipes: Pipes | None = None
        self._peers: dict[asyncio.BaseProtocol, Peer] = {}

    @property
    def listening(self) -> bool:
        return self._pipes is not None

    async def open(self, made: Callable[[], asyncio.Protocol], rejected: Callable[[str], None]) -> None:
        def admit(client: PipeClient) -> asyncio.Protocol:
            protocol = made()
            # It may speak only once the server, asked for this peer, has said so.
            self._peers[protocol] = Peer(pid=client.pid, uid=number_of(client.user), gid=client.session)
            return protocol

        pipes = self._make(admit, rejected)
        await pipes.start()
        self._pipes = pipes

    def shut(self) -> None:
        """Its end is `close`: what connects meanwhile is refused by who asks whether it listens."""

    async def close(self) -> None:
        pipes, self._pipes = self._pipes, None
        if pipes is not None:
            await pipes.stop()
        self._peers.clear()

    def peer_of(self, transport: asyncio.Transport) -> Peer:
        peer = self._peers.pop(transport.get_protocol(), None)
        if peer is None:
            raise PeerRejected("connect: the process is gone")
        return peer

    def unread(self, transport: asyncio.Transport) -> bool:
        """Windows does not tell what lies in a pipe; what we could not write yet is counted without us."""
        del transport
        return False


class Started(Protocol):
    """A process whose handle is held, so that its process id is nobody else's."""

    @property
    def pid(self) -> int: ...

    def ended(self) -> Awaitable[int]: ...

    def kill(self) -> None: ...


# What the tools of Windows give a process that they end; no helper of ours ends with it by itself.
ENDED_BY_OTHERS = 1
_KILLED = -9


class WindowsHelper:
    """Fulfils the launcher's `HelperProcess`."""

    def __init__(self, process: Started) -> None:
        self._process = process
        self.pid = process.pid
        self.ended = asyncio.Event()
        self._code = 0
        self._waiting = asyncio.create_task(self._wait(), name=f"helper {process.pid}")

    async def _wait(self) -> None:
        self._code = await self._process.ended()
        self.ended.set()

    def ask_to_end(self) -> None:
        """End it: Windows has no word for asking a process that has no window of ours."""
        self._process.kill()

    def kill(self) -> None:
        self._process.kill()

    def reap(self) -> int:
        return _KILLED if self._code == ENDED_BY_OTHERS else self._code


def starter(
    start: Callable[[GraphicalSession, list[str]], tuple[Started, str, int]],
) -> Callable[[GraphicalSession, LaunchSettings], tuple[WindowsHelper, Child]]:
    """Return what the launcher starts helpers with; `start` says which user and session it was."""

    def begin(session: GraphicalSession, settings: LaunchSettings) -> tuple[WindowsHelper, Child]:
        process, user, number = start(session, command(session, settings))
        child = Child(pid=process.pid, uid=number_of(user), gid=number)
        return WindowsHelper(process), child

    return begin
