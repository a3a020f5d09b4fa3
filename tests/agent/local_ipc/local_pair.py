"""A real server on a real socket, with a hub that remembers. For the tests of both ends."""

import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter_agent.local_ipc.access import Child
from lamplighter_agent.local_ipc.server import Connection, LocalServer
from lamplighter_agent.local_ipc.unix_door import UnixDoor
from lamplighter_protos.v1.local_pb2 import HelperMessage, SensingPolicy, ServiceMessage

SCHOOL = "Alder Vale School"


@dataclass
class RememberingHub:
    """What the server told."""

    connections: list[Connection] = field(default_factory=list)
    messages: list[HelperMessage] = field(default_factory=list)
    overflows: int = 0
    breaks: list[str] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    ends: int = 0

    def admitted(self, connection: Connection) -> None:
        self.connections.append(connection)
        connection.send(ServiceMessage(policy=SensingPolicy(sensing=True)))

    def received(self, connection: Connection, message: HelperMessage) -> None:
        self.messages.append(message)

    def overflowed(self, connection: Connection) -> None:
        self.overflows += 1

    def broken(self, connection: Connection, reason: str) -> None:
        self.breaks.append(reason)

    def rejected(self, reason: str) -> None:
        self.rejections.append(reason)

    def closed(self, connection: Connection) -> None:
        self.ends += 1


def ourselves() -> dict[int, Child]:
    """Return the test process as if it were the only helper."""
    return {os.getpid(): Child(pid=os.getpid(), uid=os.getuid(), gid=os.getgid())}


@contextlib.asynccontextmanager
async def running_server(
    folder: Path, *, children: dict[int, Child], gid: int | None = None
) -> AsyncIterator[tuple[Path, RememberingHub]]:
    hub = RememberingHub()
    path = folder / "s.sock"
    door = UnixDoor(path, gid)
    server = LocalServer(SCHOOL, hub, children=lambda: children, monotonic=time.monotonic, door=door)
    await server.start()
    try:
        yield path, hub
    finally:
        await server.stop()
