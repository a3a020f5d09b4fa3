"""Pages on a real accessibility bus: pretended programs that answer late, wrongly or never.

Chromium itself is in the journeys.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux import atspi_pages
from lamplighter_agent.backends.linux._atspi import ROOT
from lamplighter_agent.backends.linux.atspi_pages import (
    FLAG_FILE,
    NO_ANSWER,
    NODES,
    OTHERS,
    AtspiPages,
)
from lamplighter_agent.backends.ports import PagesReport
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.pretended_pages import PretendedProgram, pretended_program
from tests.support.sensed import eventually

HERE = os.getpid()
READ = PagesReport(program=OTHERS, read=True)


@pytest_asyncio.fixture
async def program(desktop: Desktop) -> AsyncIterator[PretendedProgram]:
    async with pretended_program(desktop) as running:
        yield running


class Told:
    """A started source and what it reported."""

    def __init__(self, desktop: Desktop) -> None:
        self.pages = AtspiPages(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
        self.reports: list[PagesReport] = []


@pytest_asyncio.fixture
async def told(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    monkeypatch.setattr(atspi_pages, "FIRST_S", 0.02)
    told = Told(desktop)
    await told.pages.start(told.reports.append)
    yield told
    await told.pages.stop()


async def test_a_program_that_wakes_is_read_and_one_of_another_toolkit_left_alone(
    told: Told, program: PretendedProgram
) -> None:
    told.pages.in_front(HERE, "weather station")
    await eventually(lambda: told.reports, "a report")
    assert told.reports == [READ]
    program.toolkit, program.awake = "gtk", False
    await told.pages.stop()
    await told.pages.start(told.reports.append)
    program.asked.clear()
    told.pages.in_front(HERE, "weather station")
    await eventually(lambda: program.asked, "a question")
    told.pages.in_front(None, "")
    assert {member for _, member in program.asked} == {"Get"}
    assert told.reports == [READ]


async def test_a_page_that_does_not_answer_is_said_to_be_titles_alone_until_it_does(
    told: Told, program: PretendedProgram
) -> None:
    program.wakes = False
    told.pages.in_front(HERE, "chromium")
    await eventually(lambda: told.reports, "a report")
    assert told.reports[0] == PagesReport(program="Chromium", read=False, reason=NO_ANSWER, remedy=FLAG_FILE)
    program.awake = True
    await eventually(lambda: told.reports[-1] == PagesReport(program="Chromium", read=True), "its answer")


async def test_a_process_that_is_not_on_the_bus_is_told_of_if_its_name_is_known(told: Told) -> None:
    told.pages.in_front(1, "weather station")
    told.pages.in_front(1, "")
    told.pages.in_front(2, "msedge")
    await eventually(lambda: told.reports, "a report")
    assert {report.program for report in told.reports} == {"Microsoft Edge"}
    assert not told.reports[0].read


@pytest.mark.parametrize(
    "below", ["nonsense", [ROOT] * 20, [f"/far{number}" for number in range(NODES + 50)]]
)
async def test_a_program_that_lies_is_asked_no_more_than_the_bound(
    told: Told, program: PretendedProgram, below: object
) -> None:
    program.below[ROOT] = below
    told.pages.in_front(HERE, "chromium")
    await eventually(lambda: told.reports, "a report")
    assert not told.reports[0].read
    walks = program.walks()
    assert sum(member == "GetRole" for _, member in program.asked) <= NODES * (walks + 1)


async def test_coming_to_the_front_again_and_again_does_not_ask_more_often(
    told: Told, program: PretendedProgram
) -> None:
    told.pages.in_front(HERE, "chromium")
    await eventually(lambda: told.reports, "a report")
    walks = program.walks()
    for _ in range(50):
        told.pages.in_front(None, "")
        told.pages.in_front(HERE, "chromium")
        await asyncio.sleep(0)
    assert program.walks() == walks


async def test_without_a_bus_it_says_why() -> None:
    for address in (None, "unix:path=/nonexistent"):
        with pytest.raises(BackendUnavailable):
            await AtspiPages(address).start(lambda _: None)
