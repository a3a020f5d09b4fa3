"""What `ports.py` promises for every source: where its sink is called, how it starts, stops and breaks."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import Doomed, Source, SourceStage
from tests.support.heard import own_threads
from tests.support.sensed import eventually

STARTS = 10


@pytest_asyncio.fixture(params=[*plugged.KEY_SOURCES, *plugged.FOREGROUNDS, *plugged.FIELDS, *plugged.MEDIA])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SourceStage]:
    async with request.param(request) as opened:
        yield opened


@pytest_asyncio.fixture(params=plugged.DOOMED)
async def doomed(request: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    async with request.param(request) as opened:
        yield opened


class Reports:
    """What came, and on which thread."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self.threads: set[str] = set()
        self.problems: list[BackendUnavailable] = []

    def sink(self, report: object) -> None:
        self.all.append(report)
        self.threads.add(threading.current_thread().name)

    def failed(self, problem: BackendUnavailable) -> None:
        self.problems.append(problem)
        self.threads.add(threading.current_thread().name)


def descriptors() -> int:
    return len(list(Path(f"/proc/{os.getpid()}/fd").iterdir()))


async def test_all_is_told_on_the_loop(stage: SourceStage) -> None:
    reports = Reports()
    await stage.source.start(reports.sink, reports.failed)
    await stage.happen()
    await eventually(lambda: reports.all, "a report")
    await stage.source.stop()
    assert reports.threads == {threading.current_thread().name}
    assert reports.problems == []


async def test_stop_is_silence_and_may_come_at_any_time(stage: SourceStage) -> None:
    reports = Reports()
    await stage.source.stop()
    await stage.source.start(reports.sink, reports.failed)
    await stage.source.stop()
    await stage.source.stop()
    told = len(reports.all)
    await stage.happen()
    await asyncio.sleep(0)
    assert len(reports.all) == told
    assert reports.problems == []


async def test_many_starts_leave_no_thread_and_no_descriptor(stage: SourceStage) -> None:
    reports = Reports()
    # The first start may open what lives as long as the process, such as a library.
    await stage.source.start(reports.sink, reports.failed)
    await stage.source.stop()
    threads, opened = own_threads(), descriptors()
    for _ in range(STARTS):
        await stage.source.start(reports.sink, reports.failed)
        await stage.source.stop()
    assert own_threads() <= threads
    await eventually(lambda: descriptors() <= opened, f"{opened} descriptors, have {descriptors()}")
    assert reports.problems == []


@pytest.mark.parametrize("make", plugged.ABSENT)
async def test_what_is_missing_is_named_with_its_remedy(make: Callable[[], Source]) -> None:
    source, reports, threads = make(), Reports(), own_threads()
    for _ in range(2):
        with pytest.raises(BackendUnavailable) as refused:
            await source.start(reports.sink, reports.failed)
        assert refused.value.port
        assert refused.value.reason
        assert refused.value.remedy
        await source.stop()
    assert (reports.all, reports.problems) == ([], [])
    assert own_threads() <= threads


async def test_an_end_is_reported_once_and_nothing_after_it(doomed: Doomed) -> None:
    reports = Reports()
    await doomed.source.start(reports.sink, reports.failed)
    doomed.end()
    await eventually(lambda: reports.problems, "the end")
    told = len(reports.all)
    await doomed.source.stop()
    await doomed.source.stop()
    await asyncio.sleep(0)
    assert len(reports.problems) == 1
    assert reports.problems[0].reason
    assert reports.problems[0].remedy
    assert len(reports.all) == told
    assert reports.threads == {threading.current_thread().name}
