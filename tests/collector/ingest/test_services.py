import contextlib
import sqlite3
from dataclasses import replace

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.db.driver import transaction
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.devices.acknowledgements import acknowledgements
from lamplighter_collector.devices.models import devices
from lamplighter_collector.errors import NotStorable, StoreUnavailable
from lamplighter_collector.ingest.arrival import Arrival
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.ingest.models import context_counts, detections, losses, subjects
from lamplighter_collector.ingest.privacy import NAME
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.ingest.writer import Fate
from lamplighter_collector.review.models import incidents
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Engine

from tests.collector.items import LAPTOP, SEALS, answer_arrival, arrival, loss_arrival
from tests.collector.postgresql import Cluster
from tests.collector.stores import register, rows
from tests.collector.writing import running


def test_each_id_is_stored_once_within_and_across_groups(engine: Engine) -> None:
    store = SqlStore(engine)
    first, second = arrival(repeats=2), arrival()
    assert store.accept([first, first]) == [True, False]
    assert store.accept([first, second, second]) == [False, True, False]
    assert len(rows(engine, detections)) == 2
    assert rows(engine, incidents, "sightings", "count") == [(2, 4)]
    ((incident,),) = rows(engine, incidents, "id")
    assert rows(engine, detections, "incident") == [(incident,), (incident,)]


def test_one_device_can_not_pre_empt_the_id_of_another(engine: Engine) -> None:
    other = replace(LAPTOP, device="lap-18")
    assert SqlStore(engine).accept([arrival(id=b"x" * 16), arrival(id=b"x" * 16, origin=other)]) == [
        True,
        True,
    ]


def test_losses_are_stored_once_and_are_no_incident(engine: Engine) -> None:
    store, lost = SqlStore(engine), loss_arrival()
    assert store.accept([lost, arrival(severity=1), lost]) == [True, True, False]
    assert store.accept([lost]) == [False]
    assert rows(engine, losses, "device", "count") == [(LAPTOP.device, 41)]
    assert rows(engine, incidents) == []


def test_answers_to_the_notice_are_stored_once_and_are_no_incident(engine: Engine) -> None:
    store, said = SqlStore(engine), answer_arrival()
    assert store.accept([said, arrival(), said]) == [True, True, False]
    assert store.accept([said]) == [False]
    assert rows(engine, acknowledgements, "device", "accepted", "language") == [(LAPTOP.device, 1, "cy")]
    assert len(rows(engine, incidents)) == 1
    assert len(rows(engine, subjects)) == 1


def test_severity_1_is_counted_by_day_and_theme_only(engine: Engine) -> None:
    evening = Timestamp(seconds=1_795_248_000 + 15 * 3600)
    SqlStore(engine).accept(
        [arrival(severity=1), arrival(severity=1, repeats=4), arrival(severity=1, observed_at=evening)]
    )
    assert rows(engine, context_counts, "day", "theme", "count") == [("2026-11-21", "self-harm", 7)]
    assert set(rows(engine, detections, "evidence", "subject")) == {(None, "")}
    assert rows(engine, subjects) == []


def test_each_commit_has_a_revision_of_its_own(engine: Engine) -> None:
    store = SqlStore(engine)
    store.accept([arrival(severity=2), arrival(severity=3)])
    store.accept([arrival(severity=3), arrival(severity=5)])
    assert rows(engine, incidents, "severity", "revision") == [(2, 1), (3, 2), (5, 2)]


def test_devices_are_noted(engine: Engine) -> None:
    register(engine, LAPTOP)
    SqlStore(engine).accept([arrival(), loss_arrival()])
    ((device, enrolled_at, seen_at),) = rows(engine, devices, "device", "enrolled_at", "last_seen_at")
    assert device == LAPTOP.device
    assert seen_at > enrolled_at


POISON = {
    "lone surrogate": ("application", "zebra\ud800"),
    "number beyond 64 bits": ("weight", 1 << 70),
    "number just beyond 64 bits": ("observed_at", 1 << 63),
    "nothing where something must be": ("theme", None),
}


def poisoned(item: Arrival, column: str, value: object) -> Arrival:
    """What slipped through every check, in the words of the row."""
    place = [each.name for each in detections.columns].index(column)
    return item._replace(row=(*item.row[:place], value, *item.row[place + 1 :]))


@pytest.mark.fault
@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_refused_alone_and_not_quoted(engine: Engine, kind: str) -> None:
    items = [arrival() for _ in range(9)]
    items[5] = poisoned(items[5], *POISON[kind])
    with pytest.raises(NotStorable) as refusal:
        SqlStore(engine).accept(items)
    assert "zebra" not in str(refusal.value)
    assert rows(engine, detections) == []
    register(engine, LAPTOP)
    async with running(SqlStore(engine)) as writer:
        fates = await writer.submit(items, LAPTOP)
    assert [number for number, fate in enumerate(fates) if fate is Fate.NOT_STORABLE] == [5]
    assert len(rows(engine, detections)) == 8
    assert rows(engine, incidents, "sightings") == [(8,)]


@pytest.mark.fault
async def test_nul_is_refused_alone_where_text_can_not_hold_it(cluster: Cluster) -> None:
    engine = writing_engine(cluster.url(cluster.new_database()))
    items = [arrival() for _ in range(5)]
    items[2] = poisoned(items[2], "application", "zebra\0lantern")
    register(engine, LAPTOP)
    async with running(SqlStore(engine)) as writer:
        fates = await writer.submit(items, LAPTOP)
    assert fates == [Fate.NEW, Fate.NEW, Fate.NOT_STORABLE, Fate.NEW, Fate.NEW]
    engine.dispose()


def test_who_it_is_about_is_stored_once_under_a_pseudonym(engine: Engine) -> None:
    store = SqlStore(engine)
    store.accept([arrival(), arrival(), arrival(user="wren")])
    store.accept([arrival(), arrival(user_kind=detection_pb2.USER_KIND_STAFF)])
    SqlStore(engine).accept([arrival(), arrival(user="")])
    stored = {row[0]: row[1:] for row in rows(engine, subjects, "id", "user_kind", "name")}
    names = {SEALS.open(subject, NAME, row[1]): row[0] for subject, row in stored.items()}
    assert names == {"pupil07": UserKind.STAFF, "wren": UserKind.PUPIL}
    assert {row[0] for row in rows(engine, incidents, "subject")} == {*stored, ""}
    assert {row[0] for row in rows(engine, detections, "subject")} == {*stored, ""}


def test_of_one_group_the_highest_kind_of_a_subject_is_kept(engine: Engine) -> None:
    staff, pupil = (
        arrival(user_kind=kind) for kind in (detection_pb2.USER_KIND_STAFF, detection_pb2.USER_KIND_PUPIL)
    )
    SqlStore(engine).accept([staff, pupil])
    assert rows(engine, subjects, "user_kind") == [(UserKind.STAFF,)]


def test_who_was_rolled_back_is_introduced_again(engine: Engine) -> None:
    store, sound = SqlStore(engine), arrival()
    with pytest.raises(NotStorable):
        store.accept([sound, poisoned(arrival(), "weight", 1 << 70)])
    store.accept([sound])
    assert len(rows(engine, subjects)) == 1


def test_a_device_whose_group_was_rolled_back_is_noted_with_the_next(engine: Engine) -> None:
    register(engine, LAPTOP)
    ((before,),) = rows(engine, devices, "last_seen_at")
    store = SqlStore(engine)
    with contextlib.suppress(ZeroDivisionError), transaction(engine) as cursor:
        store._write(cursor, [arrival()])
        _ = 1 // 0
    assert rows(engine, devices, "last_seen_at") == [(before,)]
    store.accept([arrival()])
    assert rows(engine, devices, "last_seen_at") > [(before,)]


@pytest.mark.fault
def test_a_full_disk_stores_nothing_and_recovers(sqlite_engine: Engine) -> None:
    engine = sqlite_engine
    store = SqlStore(engine)
    store.accept([arrival()])
    limit_pages(engine, 1)
    crowd = [arrival(user=f"pupil{number}") for number in range(400)]
    with pytest.raises(StoreUnavailable):
        store.accept(crowd)
    assert len(rows(engine, detections)) == 1
    limit_pages(engine, 1 << 30)
    assert all(store.accept(crowd))
    assert len(rows(engine, detections)) == 401


@pytest.mark.fault
def test_a_read_only_store_is_unavailable(store_url: str) -> None:
    reader = reading_engine(store_url)
    with pytest.raises(StoreUnavailable):
        SqlStore(reader).accept([arrival()])
    reader.dispose()


def limit_pages(engine: Engine, most: int) -> None:
    """SQLite's own disk-full: the file may not grow beyond this many pages (or what it has)."""
    connection = engine.raw_connection()
    try:
        assert isinstance(connection.driver_connection, sqlite3.Connection)
        connection.driver_connection.execute(f"PRAGMA max_page_count={most}").close()
    finally:
        connection.close()
