import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent import recorder as module
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.detection import Detection, new_id
from lamplighter_agent.health import Health
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.recorder import Recorder, weight_of
from lamplighter_agent.spool.entry import SpoolSettings
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool
from lamplighter_agent.spool.worker import SpoolWorker
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.local_ipc.local_pair import SCHOOL
from tests.support.waiting import until

NOW = datetime.now(UTC)


def detection(term: str) -> Detection:
    return Detection(
        id=new_id(NOW), observed_at=NOW, source=pb.SOURCE_TYPED, severity=3, user="sam", term=term
    )


@contextlib.asynccontextmanager
async def recording(
    folder: Path, settings: SpoolSettings | None = None
) -> AsyncIterator[tuple[Recorder, SpoolWorker, list[bytes]]]:
    clock = SystemClock()
    sealer = Sealer(device_key=bytes(32), device_id="AV-1")
    settings = settings or SpoolSettings(organisation=SCHOOL)
    spool = SpoolWorker(Spool.open(folder, sealer=sealer, clock=clock, settings=settings))
    stored: list[bytes] = []
    recorder = Recorder(
        spool,
        organisation=SCHOOL,
        clock=clock,
        ledger=LossLedger(),
        health=Health(clock),
        stored=stored.append,
    )
    running = asyncio.create_task(recorder.run())
    try:
        yield recorder, spool, stored
    finally:
        await recorder.finish(running)
        await spool.close()


async def leased(spool: SpoolWorker) -> list[pb.Detection]:
    lease = await spool.lease(1000, 1 << 20)
    return [pb.Detection.FromString(record.payload) for record in lease.records]


async def test_detections_are_stored_in_order_and_their_ids_told(tmp_path: Path) -> None:
    async with recording(tmp_path) as (recorder, spool, stored):
        sent = [detection(f"t{number}") for number in range(20)]
        for one in sent:
            recorder.record(one)
        await until(lambda: len(stored) == 20)
        assert stored == [one.id for one in sent]
        found = await leased(spool)
        assert [one.id for one in found] == stored
        assert {one.organisation for one in found} == {SCHOOL}


async def test_a_repeat_is_counted_by_the_spool_and_no_id_is_told(tmp_path: Path) -> None:
    async with recording(tmp_path) as (recorder, _, stored):
        recorder.record(detection("t1"))
        recorder.record(detection("t1"))
        recorder.record(detection("t2"))
        await until(lambda: len(stored) == 2)


async def test_a_loss_becomes_a_notice(tmp_path: Path) -> None:
    async with recording(tmp_path) as (recorder, spool, _):
        recorder.lost(pb.LossNotice.REASON_PEER_REJECTED, 2)
        found: list[pb.Detection] = []
        async with asyncio.timeout(5):
            while not found:
                found = await leased(spool)
        assert (found[0].source, found[0].loss.count) == (pb.SOURCE_LOSS, 2)


@pytest.mark.fault
async def test_what_finds_the_queue_full_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUED", 5)
    async with recording(tmp_path) as (recorder, spool, stored):
        for number in range(8):
            recorder.record(detection(f"t{number}"))
        await until(lambda: len(stored) == 5)
        found: list[pb.Detection] = []
        async with asyncio.timeout(5):
            while not any(one.HasField("loss") for one in found):
                found += await leased(spool)
        losses = [one.loss for one in found if one.HasField("loss")]
        assert [(loss.reason, loss.count) for loss in losses] == [(pb.LossNotice.REASON_INPUT_OVERFLOW, 3)]


@pytest.mark.fault
async def test_a_full_spool_stops_nothing(tmp_path: Path) -> None:
    small = SpoolSettings(organisation=SCHOOL, cap_bytes=1)
    async with recording(tmp_path, small) as (recorder, spool, stored):
        recorder.record(detection("t1"))
        recorder.record(detection("t2"))
        found: list[pb.Detection] = []
        async with asyncio.timeout(5):
            while sum(one.loss.count for one in found) < 2:
                found += await leased(spool)
        assert stored == []


async def test_finishing_stores_what_was_handed_over(tmp_path: Path) -> None:
    async with recording(tmp_path) as (recorder, _, stored):
        for number in range(50):
            recorder.record(detection(f"t{number}"))
    assert len(stored) == 50


def test_a_press_of_the_help_button_is_never_dropped_for_something_newer() -> None:
    typed = detection("t1")
    assert weight_of(typed) == 3
    assert weight_of(replace(typed, source=pb.SOURCE_HELP_BUTTON)) == 5
