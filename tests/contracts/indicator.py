"""What every indicator must do; one subclass for each backend."""

import asyncio
from abc import ABC, abstractmethod

import pytest
from lamplighter_agent.backends.ports import IndicatorPort


class Reports:
    """What an indicator said, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[bool, str]] = []
        self._news = asyncio.Event()

    def __call__(self, shown: bool, reason: str) -> None:  # noqa: FBT001 - the port's signature
        self.all.append((shown, reason))
        self._news.set()

    async def shown(self, shown: bool, *, after: int, seconds: float = 1.0) -> str:  # noqa: FBT001
        """Wait for a report of this kind beyond the first `after`; return its reason."""
        async with asyncio.timeout(seconds):
            while True:
                for said, reason in self.all[after:]:
                    if said is shown:
                        return reason
                self._news.clear()
                await self._news.wait()


class IndicatorContract(ABC):
    """A subclass makes one indicator and can take it away; `visible` asks the display, not the indicator."""

    @pytest.fixture
    @abstractmethod
    async def indicator(self) -> IndicatorPort:
        """Make one that is not started; the subclass stops it afterwards."""

    @abstractmethod
    def visible(self) -> bool: ...

    @abstractmethod
    def take_away(self) -> None: ...

    async def test_start_reports_before_it_returns(self, indicator: IndicatorPort) -> None:
        reports = Reports()
        await indicator.start(reports)
        assert reports.all == [(True, "")]
        assert self.visible()

    async def test_loss_is_reported_and_put_right(self, indicator: IndicatorPort) -> None:
        reports = Reports()
        await indicator.start(reports)
        self.take_away()
        assert await reports.shown(False, after=1)
        assert await reports.shown(True, after=2) == ""
        assert self.visible()

    async def test_other_words_leave_it_in_sight(self, indicator: IndicatorPort) -> None:
        reports = Reports()
        indicator.says(on=True)
        await indicator.start(reports)
        for on in (False, True, True, False):
            indicator.says(on=on)
            assert self.visible()
        self.take_away()
        assert await reports.shown(False, after=1)
        assert await reports.shown(True, after=2) == ""
        await indicator.stop()
        indicator.says(on=True)

    async def test_stop_takes_it_off_and_may_come_twice(self, indicator: IndicatorPort) -> None:
        reports = Reports()
        await indicator.start(reports)
        await indicator.stop()
        await indicator.stop()
        assert not self.visible()
        assert reports.all == [(True, "")]
