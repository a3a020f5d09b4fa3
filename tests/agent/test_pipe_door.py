"""The server behind a pipe, and the launcher's processes, on a pretended Windows with real bytes."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from lamplighter_agent.backends.windows.person_session import number_of
from lamplighter_agent.launcher import Launcher
from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings
from lamplighter_agent.local_ipc import framing
from lamplighter_agent.local_ipc.access import Child
from lamplighter_agent.local_ipc.server import LocalServer
from lamplighter_agent.pipe_door import Admit, PipeDoor, Started, starter
from lamplighter_protos.v1.local_pb2 import HelperMessage, RequestHelp

from tests.agent.local_ipc.local_pair import SCHOOL, RememberingHub
from tests.agent.test_launcher import Journal
from tests.support.waiting import until

PUPIL, OTHER = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"


@dataclass(frozen=True)
class Client:
    """Who connects."""

    pid: int = 7
    session: int = 2
    user: str = PUPIL


class PretendedPipes:
    """Listens at no name: a test connects whom it likes."""

    def __init__(self, admit: Admit, rejected: Callable[[str], None]) -> None:
        self._admit = admit
        self.listening = False
        self._transports: list[asyncio.Transport] = []

    async def start(self) -> None:
        self.listening = True

    async def stop(self) -> None:
        self.listening = False
        for transport in self._transports:
            transport.close()

    async def connect(self, client: Client) -> socket.socket:
        ours, theirs = socket.socketpair()
        protocol = self._admit(client)
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, ours)
        self._transports.append(transport)
        theirs.setblocking(False)
        return theirs


class Served:
    """A server with its hub and pipes."""

    def __init__(self) -> None:
        self.hub = RememberingHub()
        self.made: list[PretendedPipes] = []
        helper = {7: Child(pid=7, uid=number_of(PUPIL), gid=2)}
        self.server = LocalServer(
            SCHOOL,
            self.hub,
            children=lambda: helper,
            monotonic=time.monotonic,
            door=PipeDoor(self._make),
        )

    def _make(self, admit: Admit, rejected: Callable[[str], None]) -> PretendedPipes:
        self.made.append(PretendedPipes(admit, rejected))
        return self.made[-1]


@contextlib.asynccontextmanager
async def connected(client: Client) -> AsyncIterator[tuple[Served, socket.socket]]:
    served = Served()
    await served.server.start()
    theirs = await served.made[0].connect(client)
    try:
        yield served, theirs
    finally:
        await served.server.stop()
        theirs.close()
        assert not served.made[0].listening
        assert not served.server.listening
        await asyncio.sleep(0)


async def test_a_helper_is_admitted_and_heard() -> None:
    async with connected(Client()) as (served, theirs):
        message = HelperMessage(organisation=SCHOOL, help_button=RequestHelp())
        await asyncio.get_running_loop().sock_sendall(theirs, framing.encode(message.SerializeToString()))
        await until(lambda: served.hub.messages == [message])
        assert not served.hub.connections[0].unread


@pytest.mark.parametrize(
    ("client", "rule"),
    [
        (Client(pid=8), "not a child"),
        (Client(user=OTHER), "another user"),
        (Client(user=""), "another user"),
        (Client(session=3), "another group"),
    ],
)
async def test_a_stranger_is_refused_before_a_byte_of_it_is_read(client: Client, rule: str) -> None:
    async with connected(client) as (served, theirs):
        await until(lambda: bool(served.hub.rejections))
        assert rule in served.hub.rejections[0]
        assert await asyncio.get_running_loop().sock_recv(theirs, 1) == b""
        assert served.hub.connections == []


def test_no_two_users_have_the_same_number() -> None:
    assert number_of(PUPIL) != number_of(OTHER)
    assert number_of(PUPIL) == number_of(PUPIL)


class Ended:
    """A process whose end a test brings."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ended(self) -> int:
        return await self.code

    def kill(self) -> None:
        if not self.code.done():
            self.code.set_result(1)


class Desk:
    """One session for good."""

    def sessions(self) -> Sequence[GraphicalSession]:
        account = Account(name="pupil", uid=number_of(PUPIL), gid=0, groups=(), home="")
        return [GraphicalSession(display="session 2", account=account)]

    async def changed(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize(("code", "killed"), [(1, True), (0, False), (0xC0000005, False)])
async def test_a_helper_that_ends_is_started_again_and_a_kill_is_told_from_a_fault(
    code: int,
    killed: bool,  # noqa: FBT001
) -> None:
    processes: list[Ended] = []
    commands: list[list[str]] = []

    def start(_session: GraphicalSession, command: list[str]) -> tuple[Started, str, int]:
        commands.append(command)
        processes.append(Ended(100 + len(processes)))
        return processes[-1], PUPIL, 2

    journal = Journal()
    settings = LaunchSettings(interpreter="python.exe", socket=Path("pipe"), organisation=SCHOOL, gid=None)
    launcher = Launcher(settings, Desk(), journal, starter(start))
    running = asyncio.create_task(launcher.run())
    await until(lambda: launcher.children() == {100: Child(pid=100, uid=number_of(PUPIL), gid=2)})
    processes[0].code.set_result(code)
    await until(lambda: journal.started == [100, 101])
    assert [(pid, end.killed) for pid, end in journal.ended] == [(100, killed)]
    assert commands[0][:5] == ["python.exe", "-I", "-m", "lamplighter_agent", "session"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert processes[1].code.done()
    assert launcher.children() == {}
    assert os.getpid() not in journal.started
