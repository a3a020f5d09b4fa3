"""The server behind a Mac's door, with a real socket and pretended answers of the system."""

import asyncio
import contextlib
import socket
import stat
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.helper_access import Caller
from lamplighter_agent.launchd_door import Asks, LaunchdDoor
from lamplighter_agent.local_ipc.server import LocalServer

from tests.agent.local_ipc.local_pair import SCHOOL, RememberingHub
from tests.support.waiting import until

HELPER = Caller(pid=812, user=501, token_pid=812, parent=1, signed_as_we_are=True)


@dataclass
class Mac:
    """What the system answers."""

    path: Path
    caller: Caller | None = HELPER
    front: int | None = 501
    waiting: int = 0
    hub: RememberingHub = field(default_factory=RememberingHub)

    def asked(self, _connection: socket.socket) -> Caller:
        if self.caller is None:
            raise OSError(57, "Socket is not connected")
        return self.caller

    async def connect(self) -> asyncio.StreamWriter:
        _, writer = await asyncio.open_unix_connection(self.path)
        return writer


@pytest.fixture
async def mac(tmp_path: Path) -> AsyncIterator[Mac]:
    made = Mac(tmp_path / "service.sock")
    asks = Asks(caller=made.asked, user_in_front=lambda: made.front, unread_bytes=lambda _: made.waiting)
    door = LaunchdDoor(made.path, asks)
    server = LocalServer(SCHOOL, made.hub, children=door.children, monotonic=time.monotonic, door=door)
    await server.start()
    yield made
    await server.stop()


async def gone(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_a_person_s_helper_may_connect_and_is_let_in(mac: Mac) -> None:
    assert stat.S_IMODE(mac.path.stat().st_mode) == 0o666
    writer = await mac.connect()
    await until(lambda: len(mac.hub.connections) == 1)
    (connection,) = mac.hub.connections
    assert (connection.peer.pid, connection.peer.uid) == (812, 501)
    seen = [connection.unread]
    mac.waiting = 9
    assert [*seen, connection.unread] == [False, True]
    await gone(writer)


@pytest.mark.parametrize(
    ("caller", "front"),
    [
        (replace(HELPER, token_pid=9), 501),
        (replace(HELPER, parent=640), 501),
        (replace(HELPER, signed_as_we_are=None), 501),
        (HELPER, 502),
        (HELPER, None),
        (None, 501),
    ],
)
async def test_anybody_else_is_refused_unread_and_counted(
    mac: Mac, caller: Caller | None, front: int | None
) -> None:
    mac.caller, mac.front = caller, front
    writer = await mac.connect()
    await until(lambda: len(mac.hub.rejections) == 1)
    assert (mac.hub.connections, mac.hub.messages) == ([], [])
    await gone(writer)


async def test_there_is_one_helper_in_front_and_the_next_comes_when_it_has_left(mac: Mac) -> None:
    first = await mac.connect()
    await until(lambda: len(mac.hub.connections) == 1)
    mac.caller = replace(HELPER, pid=813, token_pid=813)
    second = await mac.connect()
    await until(lambda: len(mac.hub.rejections) == 1)
    await gone(first)
    await until(lambda: mac.hub.ends == 1)
    third = await mac.connect()
    await until(lambda: len(mac.hub.connections) == 2)
    for writer in (second, third):
        await gone(writer)
