"""The vigil counts running time, not the wall's, and hears the collector at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from lamplighter_agent.enrolment.contact import ContactFile
from lamplighter_agent.enrolment.silence import GRACE_SECONDS, Silence
from lamplighter_agent.enrolment.vigil import Vigil

from tests.support.clock import MORNING, SteppedClock

DAY = timedelta(days=1)


@dataclass
class Watch:
    """A vigil on a stepped wall clock and a running time of its own, and what it told."""

    state: Path
    clock: SteppedClock = field(default_factory=SteppedClock)
    running: float = 0.0
    told: asyncio.Queue[Silence] = field(default_factory=asyncio.Queue)

    def vigil(self) -> Vigil:
        return Vigil(
            ContactFile(self.state, otherwise=MORNING),
            self.clock,
            changed=self.told.put_nowait,
            running=lambda: self.running,
            look_seconds=0.01,
        )


@contextlib.asynccontextmanager
async def watching(watch: Watch) -> AsyncIterator[Vigil]:
    vigil = watch.vigil()
    task = asyncio.create_task(vigil.run())
    try:
        yield vigil
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_clock_two_years_ahead_makes_silent_and_a_day_of_running_ends(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    async with watching(watch) as vigil:
        assert vigil.now is Silence.HEARD
        watch.clock.step(730 * DAY)
        assert await watch.told.get() is Silence.SILENT
        watch.running += GRACE_SECONDS - 1
        await asyncio.sleep(0.1)
        assert watch.told.empty()
        watch.running += 1
        assert await watch.told.get() is Silence.OVER


async def test_an_answer_ends_the_silence_and_the_count(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    async with watching(watch) as vigil:
        watch.clock.step(91 * DAY)
        assert await watch.told.get() is Silence.SILENT
        watch.running += GRACE_SECONDS / 2
        vigil.heard()
        assert await watch.told.get() is Silence.HEARD
    assert ContactFile(tmp_path, otherwise=MORNING).contact.silent_seconds == 0


async def test_running_time_is_kept_over_restarts(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.clock.step(91 * DAY)
    for _ in range(2):
        watch.running = 0.0
        async with watching(watch) as vigil:
            assert vigil.now is Silence.SILENT
            watch.running = GRACE_SECONDS / 2
            await asyncio.sleep(0.1)
    assert watch.vigil().now is Silence.OVER


async def test_time_that_the_service_did_not_run_does_not_count(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.clock.step(91 * DAY)
    assert watch.vigil().now is Silence.SILENT
    watch.running += 2 * GRACE_SECONDS
    assert watch.vigil().now is Silence.SILENT
