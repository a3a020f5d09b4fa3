"""What every indicator must do."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import IndicatorStage
from tests.support.reports import Reports

pytestmark = pytest.mark.notice


@pytest_asyncio.fixture(params=plugged.INDICATORS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[IndicatorStage]:
    async with request.param(request) as opened:
        yield opened


async def test_start_reports_before_it_returns(stage: IndicatorStage) -> None:
    reports = Reports()
    await stage.indicator.start(reports)
    assert reports.all == [(True, "")]
    assert stage.visible()


async def test_loss_is_reported_and_put_right(stage: IndicatorStage) -> None:
    reports = Reports()
    await stage.indicator.start(reports)
    stage.take_away()
    assert await reports.shown(False, after=1)
    assert await reports.shown(True, after=2) == ""
    assert stage.visible()


async def test_other_words_leave_it_in_sight(stage: IndicatorStage) -> None:
    reports = Reports()
    stage.indicator.says(on=True)
    await stage.indicator.start(reports)
    for on in (False, True, True, False):
        stage.indicator.says(on=on)
        assert stage.visible()
    stage.take_away()
    assert await reports.shown(False, after=1)
    assert await reports.shown(True, after=2) == ""
    await stage.indicator.stop()
    stage.indicator.says(on=True)


async def test_stop_takes_it_off_and_may_come_twice(stage: IndicatorStage) -> None:
    reports = Reports()
    await stage.indicator.start(reports)
    await stage.indicator.stop()
    await stage.indicator.stop()
    assert not stage.visible()
    assert reports.all == [(True, "")]
