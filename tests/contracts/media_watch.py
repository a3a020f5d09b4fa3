"""What every watch for portable media must do. A subclass gives `watch`, `put_in` and `take_out`."""

import asyncio
from abc import ABC, abstractmethod

import pytest
from lamplighter_agent.backends.ports import MediaChange, MediaWatch
from lamplighter_agent.errors import BackendUnavailable

from tests.support.sensed import eventually


class Seen:
    """What the watch reported, in order, of the media of this test."""

    def __init__(self) -> None:
        self.changes: list[MediaChange] = []
        self.problems: list[BackendUnavailable] = []

    @property
    def presences(self) -> list[bool]:
        return [change.present for change in self.changes]

    async def presences_are(self, *wanted: bool) -> None:
        await eventually(lambda: self.presences == list(wanted), f"{wanted}, have {self.presences}")


class MediaWatchContract(ABC):
    """One suite for the fake and for every backend."""

    @pytest.fixture
    @abstractmethod
    def watch(self) -> MediaWatch: ...

    @abstractmethod
    async def put_in(self) -> None: ...

    @abstractmethod
    async def take_out(self) -> None: ...

    def ours(self, change: MediaChange) -> bool:
        """Whether a change is about this test's medium: a machine may have others."""
        return change.medium.bus == "usb"

    async def started(self, watch: MediaWatch) -> Seen:
        seen = Seen()

        def sink(change: MediaChange) -> None:
            if self.ours(change):
                seen.changes.append(change)

        await watch.start(sink, seen.problems.append)
        return seen

    async def test_each_arrival_and_removal_is_told_once(self, watch: MediaWatch) -> None:
        seen = await self.started(watch)
        await self.put_in()
        await seen.presences_are(True)
        await self.take_out()
        await seen.presences_are(True, False)
        assert seen.changes[0].medium == seen.changes[1].medium
        await watch.stop()
        assert not seen.problems

    async def test_what_is_in_at_the_start_is_told(self, watch: MediaWatch) -> None:
        await self.put_in()
        seen = await self.started(watch)
        await seen.presences_are(True)
        await watch.stop()
        await self.take_out()
        await asyncio.sleep(0)
        assert seen.presences == [True]

    async def test_it_can_be_started_again(self, watch: MediaWatch) -> None:
        await self.started(watch)
        await watch.stop()
        await watch.stop()
        seen = await self.started(watch)
        await self.put_in()
        await seen.presences_are(True)
        await watch.stop()
        await self.take_out()
