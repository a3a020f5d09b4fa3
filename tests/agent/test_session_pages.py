"""The page is opened for whoever clicked, once for many clicks, and outlives the service."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.session_pages import SessionPages

from tests.agent.test_pipe_door import Ended

pytestmark = pytest.mark.notice
PUPIL = Account(name="pupil", uid=1, gid=0, groups=(), home="")


def session(number: int, language: str = "") -> GraphicalSession:
    return GraphicalSession(display=f"session {number}", account=PUPIL, environment={"LANG": language})


async def test_many_clicks_open_it_once_in_the_session_s_language(tmp_path: Path) -> None:
    started: list[tuple[str, Sequence[str]]] = []
    processes: list[Ended] = []

    def start(where: GraphicalSession, command: Sequence[str]) -> Ended:
        started.append((where.display, command))
        processes.append(Ended(len(processes)))
        return processes[-1]

    files = PageFiles(folder=tmp_path)
    pages = SessionPages(files, start, lambda page: ["viewer", str(page)])
    for _ in range(3):
        pages.open_for(session(1, "cy_GB.UTF-8"))
    pages.open_for(session(2))
    welsh = str(files.for_language("cy_GB.UTF-8")[0])
    assert started == [("session 1", ["viewer", welsh]), ("session 2", ["viewer", str(files.page)])]
    processes[0].kill()
    await asyncio.sleep(0)
    await pages.stop()
    assert not processes[1].code.done() or processes[1].code.cancelled()


async def test_one_that_can_not_be_opened_costs_nothing_else(tmp_path: Path) -> None:
    def start(_where: GraphicalSession, _command: Sequence[str]) -> Ended:
        raise OSError(5, "denied")

    pages = SessionPages(PageFiles(folder=tmp_path), start, lambda page: [str(page)])
    pages.open_for(session(1))
    await pages.stop()
