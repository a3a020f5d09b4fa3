"""A device that sends receipts and requests without end fills nothing, and what was let go of is counted."""

import time
import uuid
from dataclasses import replace

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.ingest.arrival import Arrival, arrival_of
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.media_caps import (
    HOUR_MS,
    RECEIPTS_AN_HOUR,
    RECEIPTS_KEPT,
    REQUESTS_AN_HOUR,
    REQUESTS_WAITING,
)
from lamplighter_collector.ingest.models import detections, losses
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.media.models import media_requests, scan_receipts
from lamplighter_protos.v1 import detection_pb2 as pb
from sqlalchemy import Engine, update
from structlog.testing import capture_logs

from tests.collector.items import LAPTOP, PRIVACY
from tests.collector.stores import rows
from tests.support.media_messages import receipt, request, scanned

OTHER = replace(LAPTOP, device="lap-18")


@pytest.fixture
def now() -> int:
    return int(time.time() * 1000)


def received(message: pb.Detection, at: int, origin: DeviceName = LAPTOP) -> Arrival:
    return arrival_of(item_from(message.SerializeToString(), origin), at, PRIVACY)


def receipts(many: int, at: int, origin: DeviceName = LAPTOP) -> list[Arrival]:
    """Made a second after each other."""
    said = (scanned(made_at=Timestamp(seconds=1_795_000_000 + second)) for second in range(many))
    return [received(receipt(one, id=uuid.uuid4().bytes), at, origin) for one in said]


def lost(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, losses, "device", "reason", "count")


def test_the_newest_receipts_of_an_hour_stay_and_the_others_count_once(engine: Engine, now: int) -> None:
    store = SqlStore(engine)
    with capture_logs() as told:
        assert all(store.accept(receipts(RECEIPTS_AN_HOUR + 30, now)))
        assert all(store.accept(receipts(5, now + 1)))
    kept = rows(engine, scan_receipts, "received_at", "made_at")
    assert len(kept) == RECEIPTS_AN_HOUR
    assert [at for at, _ in kept].count(now + 1) == 5
    # Of those that came together the ones that were made last.
    assert min(made for at, made in kept if at == now) == (1_795_000_000 + 35) * 1000
    assert lost(engine) == [(LAPTOP.device, pb.LossNotice.REASON_RECEIPTS_OVER_CAP, 35)]
    assert [one["event"] for one in told] == ["media-over-cap"]


def test_one_device_takes_nothing_from_another(engine: Engine, now: int) -> None:
    store = SqlStore(engine)
    store.accept(receipts(3, now, OTHER))
    store.accept(receipts(RECEIPTS_AN_HOUR + 1, now) + receipts(2, now, OTHER))
    assert [device for (device,) in rows(engine, scan_receipts, "device")].count(OTHER.device) == 5
    assert lost(engine) == [(LAPTOP.device, pb.LossNotice.REASON_RECEIPTS_OVER_CAP, 1)]


def test_only_so_many_receipts_of_one_device_stay_over_all_hours(engine: Engine, now: int) -> None:
    store = SqlStore(engine)
    before = now - 2 * HOUR_MS
    store.accept(receipts(RECEIPTS_KEPT, before))
    store.accept(receipts(10, now))
    kept = [at for (at,) in rows(engine, scan_receipts, "received_at")]
    assert (len(kept), kept.count(now)) == (RECEIPTS_KEPT, 10)
    assert lost(engine) == [(LAPTOP.device, pb.LossNotice.REASON_RECEIPTS_OVER_CAP, 10)]


def test_requests_over_the_cap_are_sightings_still(engine: Engine, now: int) -> None:
    store = SqlStore(engine)
    store.accept([received(request(), now) for _ in range(REQUESTS_AN_HOUR + 4)])
    assert len(rows(engine, media_requests)) == REQUESTS_AN_HOUR
    assert len(rows(engine, detections)) == REQUESTS_AN_HOUR + 4
    assert lost(engine) == [(LAPTOP.device, pb.LossNotice.REASON_REQUESTS_OVER_CAP, 4)]


def test_a_request_that_was_answered_is_never_let_go_of(engine: Engine, now: int) -> None:
    store = SqlStore(engine)
    before = now - 2 * HOUR_MS
    store.accept([received(request(), before)])
    with engine.begin() as connection:
        connection.execute(update(media_requests).values(answered_at=before, answered_by="mason"))
    for hour in range(REQUESTS_WAITING // REQUESTS_AN_HOUR + 1):
        store.accept([received(request(), before + hour) for _ in range(REQUESTS_AN_HOUR)])
    answered = [by for (by,) in rows(engine, media_requests, "answered_by")]
    assert (answered.count("mason"), answered.count(None)) == (1, REQUESTS_WAITING)
    assert lost(engine) == [(LAPTOP.device, pb.LossNotice.REASON_REQUESTS_OVER_CAP, 10)]
