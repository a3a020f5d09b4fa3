"""What is said of programs with pages, and who is looked at, with fakes at every port."""

from collections.abc import AsyncIterator

import pytest_asyncio
from lamplighter_agent.backends.ports import DesktopPorts, Foreground, PagesReport, SensorState
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.sensing.desktop import TEXT, DesktopSensing

from tests.support.fakes.accessible import FakeAccessible
from tests.support.fakes.foreground import FakeForeground
from tests.support.fakes.keys import FakeKeys
from tests.support.fakes.pages import FakePages
from tests.support.fakes.terminal import FakeNames, FakeTerminal

WEB = Foreground(window_id=1, title="a page", pid=10, window_class="Chromium", since_ms=1000)
CHAT = Foreground(window_id=2, title="chat", pid=20, window_class="Chat", since_ms=1000)
TITLES_ONLY = PagesReport(program="Chromium", read=False, reason="no page answers", remedy="the flag")


class Desk:
    """Sensing on fakes."""

    def __init__(self) -> None:
        self.windows, self.pages, self.changes = FakeForeground(), FakePages(), 0
        ports = DesktopPorts(
            foreground=self.windows,
            accessible=FakeAccessible(),
            keys=FakeKeys(),
            terminal=FakeTerminal(),
            applications=FakeNames({10: "chromium", 20: "chat"}),
            pages=self.pages,
        )
        self.sensing = DesktopSensing(
            ports, clock=SystemClock(), sink=lambda _: None, unseen=lambda *_: None, changed=self.change
        )

    def change(self) -> None:
        self.changes += 1

    def said(self) -> list[SensorState]:
        return self.sensing.states()[3:]


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    await desk.sensing.start()
    yield desk
    await desk.sensing.stop()


async def test_whose_window_is_in_front_is_looked_at_once(desk: Desk) -> None:
    desk.windows.show(WEB)
    desk.windows.show(WEB)
    desk.windows.show(CHAT)
    desk.windows.show(None)
    assert desk.pages.front[1:] == [(10, "chromium"), (20, "chat"), (None, "")]


async def test_a_program_of_which_titles_alone_are_read_has_its_own_line(desk: Desk) -> None:
    assert desk.said() == []
    before = desk.changes
    desk.pages.tell(TITLES_ONLY)
    desk.pages.tell(TITLES_ONLY)
    assert desk.changes == before + 1
    assert desk.said() == [
        SensorState(
            sensor="pages in Chromium",
            working=False,
            backend="fake pages",
            reason="no page answers",
            remedy="the flag",
        )
    ]
    desk.pages.tell(PagesReport(program="Chromium", read=True))
    assert [state.working for state in desk.said()] == [True]


async def test_what_was_said_ends_with_the_sensor(desk: Desk) -> None:
    desk.pages.tell(TITLES_ONLY)
    await desk.sensing.stop()
    assert desk.said() == []


async def test_text_does_not_count_as_working_while_pages_cannot_be_asked() -> None:
    desk = Desk()
    desk.pages.unavailable = BackendUnavailable("Pages", "it broke", "mend it")
    await desk.sensing.start()
    state = next(state for state in desk.sensing.states() if state.sensor == TEXT)
    assert (state.working, state.reason) == (False, "it broke")
    await desk.sensing.stop()
