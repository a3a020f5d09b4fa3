"""The spool behind a loop: in order, on its one thread, waking who waits, leaking no lease."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lamplighter_agent.errors import SpoolError
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.worker import SpoolWorker

from tests.agent.spool.making import appended, detection, opened


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[SpoolWorker]:
    made = SpoolWorker(opened(tmp_path))
    yield made
    await made.close()


async def test_an_append_returns_the_id_and_wakes_the_courier(worker: SpoolWorker) -> None:
    made = detection()
    assert await worker.append(made) == made.id
    assert worker.changed.is_set()
    assert await worker.has_pending()
    lease = await worker.lease(10, 1000)
    await worker.commit(lease, [made.id])
    assert not await worker.has_pending()


async def test_a_counted_loss_wakes_it_too_even_after_an_error(worker: SpoolWorker) -> None:
    await worker.count_loss(Reason.REASON_SENSOR_FAILED, 2)
    assert worker.changed.is_set()
    worker.changed.clear()
    with pytest.raises(SpoolError):
        await worker.append(detection(evidence="x" * 70_000))
    assert worker.changed.is_set()


async def test_a_lease_nobody_waits_for_is_given_back(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 3)
    worker = SpoolWorker(spool)
    busy, go_on = threading.Event(), threading.Event()

    def occupy() -> None:
        busy.set()
        go_on.wait(10)

    occupied = asyncio.get_running_loop().run_in_executor(worker._thread, occupy)
    asking = asyncio.create_task(worker.lease(10, 1000))
    await asyncio.get_running_loop().run_in_executor(None, busy.wait, 10)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    worker.changed.clear()
    go_on.set()
    await occupied
    # Giving back is news for whoever waits for records.
    await worker.changed.wait()
    lease = await worker.lease(10, 1000)
    assert len(lease.records) == 3
    await worker.close()


async def test_calls_are_done_in_order_on_one_thread(worker: SpoolWorker) -> None:
    ids = [detection() for _ in range(30)]
    stored = await asyncio.gather(*(worker.append(one) for one in ids))
    assert list(stored) == [one.id for one in ids]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("spool")] == ["spool_0"]
