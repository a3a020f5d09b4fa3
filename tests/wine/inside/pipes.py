"""Clients of one pipe: one that nobody started, one booked for somebody else, one that is a helper."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace

import win32ts
from lamplighter_agent.backends.windows.person_session import PersonSession
from lamplighter_agent.backends.windows.pipe import PipeServer, connect, user_of
from lamplighter_agent.backends.windows.pipe_access import Helper, PipePeer, authorise, own_security
from lamplighter_agent.errors import BackendUnavailable, PeerRejected

from tests.wine.inside.report import Report

NAME = r"\\.\pipe\lamplighter-try"
WAIT_S = 20.0
ANSWERED, SILENT, NOT_THE_SERVICE = 0, 3, 4
# The account of local services: never ours.
SOMEBODY_ELSE = "S-1-5-19"


class Answer(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


class Ask(Answer):
    """Says something and keeps the answer; b"" when there was none."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transport.write(b"hello")

    def data_received(self, data: bytes) -> None:
        if not self.heard.done():
            self.heard.set_result(bytes(data))
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.heard.done():
            self.heard.set_result(b"")


async def client(server_session: int) -> int:
    asking = Ask()
    try:
        await connect(NAME, asking, server_session=server_session)
    except PeerRejected:
        return NOT_THE_SERVICE
    return ANSWERED if await asyncio.wait_for(asking.heard, WAIT_S) == b"hello" else SILENT


def _session() -> int:
    return int(win32ts.ProcessIdToSessionId(os.getpid()))


async def serve(report: Report) -> None:
    me = PersonSession(number=_session(), user=user_of(os.getpid()))
    report.say(session=me.number, user=me.user)
    # Who is asked for next; each holds the process that was started, as the service does.
    known: dict[int, PersonSession] = {}

    def admit(peer: PipePeer) -> Answer:
        helpers = {
            pid: Helper(pid=pid, session=session.number, user=session.user) for pid, session in known.items()
        }
        authorise(peer, helpers)
        return Answer()

    server = PipeServer(
        NAME,
        admit=admit,
        rejected=lambda reason: report.say(rejected=reason),
        security=own_security(me.user),
    )
    await server.start()
    second = PipeServer(NAME, admit=admit, rejected=lambda _: None, security=own_security(me.user))
    try:
        await second.start()
    except BackendUnavailable as unavailable:
        report.say(second=unavailable.reason)
    else:
        await second.stop()
        report.say(second="")
    for who, session in (
        ("stranger", None),
        ("other user", replace(me, user=SOMEBODY_ELSE)),
        ("other session", replace(me, number=me.number + 1)),
        ("helper", me),
    ):
        await _try(report, who, known, session, me.number)
    await _try(report, "helper asking for the service's session", known, me, me.number + 1)
    await server.stop()
    report.say(stopped=True)


async def _try(
    report: Report,
    who: str,
    known: dict[int, PersonSession],
    session: PersonSession | None,
    server_session: int,
) -> None:
    child = subprocess.Popen(  # noqa: ASYNC220 - starting takes no time, its end is waited for on a thread
        [sys.executable, __file__, "client", str(server_session)], stdin=subprocess.DEVNULL
    )
    known.clear()
    if session is not None:
        known[child.pid] = session
    report.say(who=who, code=await asyncio.to_thread(child.wait))


if __name__ == "__main__":
    if sys.argv[1] == "client":
        sys.exit(asyncio.run(client(int(sys.argv[2]))))
    asyncio.run(serve(Report(sys.argv[1])))
