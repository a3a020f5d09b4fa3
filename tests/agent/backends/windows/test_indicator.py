"""The icon of the taskbar: what it says, that its loss is told at once, and that it is put back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.backends.windows.indicator import TIP_LIMIT, WindowsIndicator, tip
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.windows.taskbar import Taskbar
from tests.support.sensed import eventually

NAME = "Larkhill Bridge School"


class Shown:
    """An indicator on a pretended taskbar, what it reported and what was clicked."""

    def __init__(self) -> None:
        self.taskbar = Taskbar()
        self.reports: list[tuple[bool, str]] = []
        self.clicks: list[str] = []
        self.indicator = WindowsIndicator(
            self.taskbar,
            Sign(
                organisation=NAME,
                clicked=lambda: self.clicks.append("page"),
                help_clicked=lambda: self.clicks.append("help"),
            ),
        )

    async def start(self) -> None:
        await self.indicator.start(lambda shown, reason: self.reports.append((shown, reason)))


@pytest_asyncio.fixture
async def shown() -> AsyncIterator[Shown]:
    shown = Shown()
    yield shown
    await shown.indicator.stop()


async def test_a_loss_is_told_and_it_is_put_back(shown: Shown) -> None:
    await shown.start()
    assert shown.reports == [(True, "")]
    shown.taskbar.tip = None
    await eventually(lambda: len(shown.reports) == 3, "loss and return")
    assert [told for told, _ in shown.reports] == [True, False, True]
    assert shown.reports[1][1]


async def test_without_a_taskbar_nothing_counts_as_shown_until_there_is_one(shown: Shown) -> None:
    shown.taskbar.there = False
    await shown.start()
    assert [told for told, _ in shown.reports] == [False]
    shown.taskbar.there = True
    await eventually(lambda: shown.reports[-1] == (True, ""), "the icon")


async def test_its_words_follow_what_runs(shown: Shown) -> None:
    await shown.start()
    shown.indicator.says(on=True)
    assert shown.taskbar.tip == f"Lamplighter is on: this device belongs to {NAME}."
    shown.indicator.says(on=True)
    shown.indicator.says(on=False, rests_until="07:00")
    assert shown.taskbar.tip == "Lamplighter rests until 07:00."
    assert len(shown.taskbar.tips) == 3


async def test_both_entries_do_what_they_say(shown: Shown) -> None:
    await shown.start()
    shown.taskbar.clicked()
    shown.taskbar.help_clicked()
    assert shown.clicks == ["page", "help"]


async def test_where_there_can_be_no_icon_it_says_so(shown: Shown) -> None:
    shown.taskbar.broken = True
    with pytest.raises(BackendUnavailable):
        await shown.start()
    assert shown.reports == []


@pytest.mark.parametrize("name", ["", "\u202e\x00", "A" * 5000, "École\nde la Colline"])
def test_any_name_leaves_a_whole_sentence(name: str) -> None:
    words = tip(name, on=True)
    assert words.startswith("Lamplighter is on: this device belongs to ")
    assert words.endswith(".")
    assert len(words) <= TIP_LIMIT
    assert "\n" not in words
