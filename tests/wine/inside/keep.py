"""The service's pipe and launcher, at a console: they start the real session helper and tell what comes."""

import asyncio
import sys
import time
from pathlib import Path

import win32api
import win32con
from lamplighter_agent.backends.windows import session_watch
from lamplighter_agent.backends.windows.pipe import PipeServer
from lamplighter_agent.backends.windows.pipe_access import own_security
from lamplighter_agent.launcher import HelperEnd, Launcher
from lamplighter_agent.launching import GraphicalSession, LaunchSettings
from lamplighter_agent.local_ipc.server import Connection, LocalServer
from lamplighter_agent.person_sessions import PersonSessions
from lamplighter_agent.pipe_door import Admit, PipeDoor, Started, starter
from lamplighter_protos.v1.local_pb2 import HelperMessage, SensingPolicy, ServiceMessage

from tests.wine.inside.report import Report

NAME = r"\\.\pipe\lamplighter-keep"
SCHOOL = "Larkhill Bridge School"
READ_MEMORY = 0x10


class Told:
    """Is told by server and launcher, and lets every helper sense."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def admitted(self, connection: Connection) -> None:
        self._report.say(admitted=connection.peer.pid, readable=_readable(connection.peer.pid))
        connection.send(ServiceMessage(policy=SensingPolicy(sensing=True)))

    def received(self, connection: Connection, message: HelperMessage) -> None:
        del connection
        verb = message.WhichOneof("verb")
        if verb == "typed":
            self._report.say(typed=message.typed.text)
        elif verb == "title":
            self._report.say(title=message.title.title)
        elif verb == "status":
            working = {one.sensor: one.working for one in message.status.sensors}
            hardening = message.status.hardening
            self._report.say(
                shown=message.status.indicator_shown,
                reason=message.status.indicator_reason,
                working=working,
                closed=hardening.not_dumpable,
            )

    def overflowed(self, connection: Connection) -> None: ...

    def broken(self, connection: Connection, reason: str) -> None:
        del connection
        self._report.say(broken=reason)

    def rejected(self, reason: str) -> None:
        self._report.say(rejected=reason)

    def closed(self, connection: Connection) -> None: ...

    def helper_started(self, pid: int, session: GraphicalSession) -> None:
        del session
        self._report.say(started=pid)

    def session_left(self, session: GraphicalSession) -> None: ...

    def helper_ended(self, pid: int, session: GraphicalSession, end: HelperEnd) -> None:
        del session
        self._report.say(ended=pid, killed=end.killed)

    def helper_not_started(self, session: GraphicalSession) -> None:
        del session
        self._report.say(not_started=True)


def _readable(pid: int) -> bool:
    """Tell whether a program of the person could read a helper's memory."""
    try:
        win32api.OpenProcess(READ_MEMORY | win32con.PROCESS_QUERY_INFORMATION, False, pid).Close()
    except win32api.error:
        return False
    return True


async def main(report: Report) -> None:
    told, person = Told(report), session_watch.here()
    # The only session that an ordinary user may keep is their own.
    finder = PersonSessions(lambda: [person], asyncio.Event())

    running: list[Started] = []

    def start(_session: GraphicalSession, command: list[str]) -> tuple[Started, str, int]:
        running.append(session_watch.start_here(command))
        return running[-1], person.user, person.number

    def pipes(admit: Admit, rejected: object) -> PipeServer:
        assert callable(rejected)
        return PipeServer(NAME, admit=admit, rejected=rejected, security=own_security(person.user))

    settings = LaunchSettings(interpreter=sys.executable, socket=Path(NAME), organisation=SCHOOL, gid=None)
    launcher = Launcher(settings, finder, told, starter(start))
    server = LocalServer(
        SCHOOL,
        told,
        children=launcher.children,
        monotonic=time.monotonic,
        door=PipeDoor(pipes),
    )
    await server.start()
    keeping = asyncio.create_task(launcher.run())
    while (await asyncio.to_thread(sys.stdin.readline)).strip() == "kill":
        # As an administrator could; who is none may not.
        running[-1].kill()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await server.stop()
    report.say(stopped=sorted(launcher.children()))


if __name__ == "__main__":
    asyncio.run(main(Report(sys.argv[1])))
