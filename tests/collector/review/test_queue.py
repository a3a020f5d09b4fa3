from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.grouping.routing import Routes, routes_for
from lamplighter_collector.ingest.mapping import MOST_LOST
from lamplighter_collector.ingest.models import subjects
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review import queue
from lamplighter_collector.review.rerouting import reroute
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Connection, Engine, delete, event, update

from tests.collector.items import RECEIVED_MS, SEALS, arrival, loss_arrival
from tests.collector.people.people import person
from tests.collector.review.desk import HEAD as HEADTEACHER
from tests.collector.review.desk import NO_CONCERN, STAFF, WREN, Desk, stamp
from tests.support.collector import ORGANISATION

SHARED = detection_pb2.IDENTITY_CONFIDENCE_SHARED
AWAY = detection_pb2.PLACE_AWAY
START = 1_795_248_000
DSL = person(Role.DSL)
HEAD = person(Role.HEADTEACHER)


def pending(
    connection: Connection, organisation: str = ORGANISATION, *, reader: Person = DSL, skip: int = 0
) -> queue.Queue:
    return queue.pending(connection, organisation, reader, seals=SEALS, now_ms=RECEIVED_MS, skip=skip)


def changed(connection: Connection, reader: Person, *, revision: int = 0) -> queue.Changes:
    return queue.changed_since(
        connection, ORGANISATION, reader, seals=SEALS, revision=revision, now_ms=RECEIVED_MS
    )


def at(minutes: int) -> Timestamp:
    return Timestamp(seconds=START + 60 * minutes)


def test_the_most_severe_first_then_the_latest(engine: Engine) -> None:
    SqlStore(engine).accept(
        [
            arrival(severity=2, observed_at=at(0)),
            arrival(severity=4, observed_at=at(1), user="early"),
            arrival(severity=4, observed_at=at(2), user="late"),
            arrival(severity=5, observed_at=at(0)),
        ]
    )
    with engine.begin() as connection:
        found = pending(connection)
    assert [(row.severity, row.user) for row in found.incidents] == [
        (5, "pupil07"),
        (4, "late"),
        (4, "early"),
        (2, "pupil07"),
    ]
    assert (found.total, found.revision) == (4, 1)


def test_facts_are_those_of_the_latest_sighting(engine: Engine) -> None:
    SqlStore(engine).accept(
        [
            arrival(
                application="latest", observed_at=at(9), utc_offset_minutes=60, identity=SHARED, place=AWAY
            ),
            arrival(application="first", observed_at=at(0)),
        ]
    )
    with engine.begin() as connection:
        (row,) = pending(connection).incidents
        assert (row.application, row.utc_offset_minutes, row.count, row.sightings) == ("latest", 60, 2, 2)
        assert (row.identity, row.place) == (SHARED, AWAY)
        shown = queue.sightings_of(connection, ORGANISATION, row.id)
    assert [sighting.application for sighting in shown] == ["latest", "first"]
    assert shown[0].addends == (("term", 4),)
    assert [sighting.place for sighting in shown] == [AWAY, 0]
    assert [sighting.identity for sighting in shown] == [SHARED, 1]


def test_incidents_of_one_device_and_time_keep_their_sightings_apart(engine: Engine) -> None:
    SqlStore(engine).accept(
        [
            arrival(user=user, severity=severity, application=f"{user}{severity}", observed_at=at(minutes))
            for user in ("wren", "dev")
            for severity in (1, 4, 5)
            for minutes in (0, 3, 3)
        ]
    )
    with engine.begin() as connection:
        found = pending(connection).incidents
        assert {row.application for row in found} == {"wren4", "wren5", "dev4", "dev5"}
        for row in found:
            shown = queue.sightings_of(connection, ORGANISATION, row.id)
            assert row.application == f"{row.user}{row.severity}"
            assert [sighting.application for sighting in shown] == [row.application] * row.sightings


def test_sightings_are_looked_for_at_their_device_and_time_only(sqlite_engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    with sqlite_engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *about: asked.append(about[2:4]))
        pending(connection)
        queue.sightings_of(connection, ORGANISATION, "none")
        plans = [
            str(step[3])
            for statement, parameters in asked[:]
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    steps = [step for step in plans if "detections" in step]
    assert len(steps) == 3
    for step in steps:
        assert "observed_at>? AND observed_at<?" in step or "AND id=?" in step


def test_nobody_reads_about_staff_or_another_organisation(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user_kind=detection_pb2.USER_KIND_STAFF)])
    with engine.begin() as connection:
        assert pending(connection).incidents == ()
        assert queue.total(connection, ORGANISATION, DSL, now_ms=RECEIVED_MS) == 0
        assert changed(connection, DSL).incidents == ()
        assert pending(connection, "Elsewhere").total == 0


def test_changes_come_in_the_order_of_commits(engine: Engine) -> None:
    store = SqlStore(engine)
    for user in ("a", "b", "c"):
        store.accept([arrival(user=user)])
    store.accept([arrival(user="a")])
    with engine.begin() as connection:
        found = changed(connection, DSL, revision=2)
    assert [(row.user, row.revision) for row in found.incidents] == [("c", 3), ("a", 4)]


def test_losses_are_added_up_by_device_and_reason(engine: Engine) -> None:
    SqlStore(engine).accept([loss_arrival(), loss_arrival()])
    with engine.begin() as connection:
        (found,) = queue.unseen(connection, ORGANISATION)
    assert (found.device, found.count, found.notices) == ("lap-17", 82, 2)


def test_no_device_makes_losses_too_large_to_add_up(engine: Engine) -> None:
    """Else one laptop could take the queue's page from everybody."""
    notice = detection_pb2.LossNotice(count=MOST_LOST, first=at(0), last=at(1))
    SqlStore(engine).accept([loss_arrival(loss=notice) for _ in range(1_100)])
    with engine.begin() as connection:
        (found,) = queue.unseen(connection, ORGANISATION)
    assert (found.count, found.notices) == (1_100 * MOST_LOST, 1_100)


def test_context_is_a_number(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(severity=1, repeats=6, evidence=None)])
    with engine.begin() as connection:
        assert queue.context_total(connection, ORGANISATION, since_day="2026-11-21") == 6
        assert queue.context_total(connection, ORGANISATION, since_day="2026-11-22") == 0


def test_pages_do_not_overlap(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user=f"pupil{number}") for number in range(queue.PAGE_SIZE + 5)])
    with engine.begin() as connection:
        first = pending(connection).incidents
        second = pending(connection, skip=queue.PAGE_SIZE).incidents
    assert len(first) == queue.PAGE_SIZE
    assert len({row.id for row in (*first, *second)}) == queue.PAGE_SIZE + 5


def test_a_name_that_can_not_be_opened_is_said_to_be_gone(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(), arrival(user="", severity=3), arrival(user="wren", severity=2)])
    with engine.begin() as connection:
        gone = subjects.c.id == SEALS.pseudonym("subject", "pupil07")
        connection.execute(update(subjects).where(gone).values(name=b"x" * 40))
        connection.execute(delete(subjects).where(subjects.c.id == SEALS.pseudonym("subject", "wren")))
        found = pending(connection).incidents
    assert [row.user for row in found] == [queue.UNREADABLE, "", queue.UNREADABLE]


def test_what_was_routed_away_leaves_open_pages_once_and_says_no_more(engine: Engine) -> None:
    store, desk = SqlStore(engine), Desk(engine)
    store.accept([arrival()])
    incident = desk.incident()
    desk.deciding.decide(WREN, incident, STAFF, stamp=stamp())
    with engine.begin() as connection:
        before = changed(connection, DSL, revision=1)
        assert pending(connection).revision == before.revision
    assert (before.incidents, before.gone) == ((), (incident,))

    store.accept([arrival()])
    desk.deciding.claim(HEADTEACHER, incident)
    desk.deciding.decide(HEADTEACHER, incident, NO_CONCERN, stamp=stamp(1))
    with engine.begin() as connection:
        after = changed(connection, DSL, revision=before.revision)
        heads = changed(connection, HEAD, revision=before.revision)
        assert pending(connection).revision == before.revision
    assert (after.revision, after.incidents, after.gone) == (before.revision, (), ())
    assert heads.gone == (incident,)


def test_what_a_link_moves_away_leaves_open_pages_and_comes_back_with_its_end(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(), arrival(user="wren")])
    about = SEALS.pseudonym("subject", "wren")
    incident = Desk(engine).incident(subject=about)
    linked = routes_for([person(Role.TECHNICIAN, account="a9", own=[about])])
    with engine.begin() as connection:
        reroute(connection, ORGANISATION, linked, [about])
        left = changed(connection, DSL, revision=1)
        assert left.gone == (incident,)
        assert changed(connection, DSL, revision=left.revision).gone == ()
        assert [row.id for row in changed(connection, HEAD, revision=1).incidents] == [incident]
    with engine.begin() as connection:
        reroute(connection, ORGANISATION, Routes(), [about])
        back = changed(connection, DSL, revision=left.revision)
        assert ([row.id for row in back.incidents], back.gone) == ([incident], ())
        assert changed(connection, HEAD, revision=left.revision).gone == (incident,)


def test_a_departure_of_what_is_about_oneself_is_not_told(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user="wren")])
    about = SEALS.pseudonym("subject", "wren")
    own = person(Role.DSL, own=[about])
    with engine.begin() as connection:
        assert reroute(connection, ORGANISATION, routes_for([own]), [about]) == 1
        assert changed(connection, own).gone == ()
        assert pending(connection, reader=own).revision == 0
