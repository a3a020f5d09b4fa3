import pytest
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.review import history
from lamplighter_collector.review.models import decisions
from lamplighter_collector.review.states import State
from sqlalchemy import update

from tests.collector.items import arrival
from tests.collector.review.desk import DAY, HEAD, NO_CONCERN, NOW, STAFF, WATCH, WREN, Desk, stamp
from tests.support.collector import ORGANISATION


def earlier(desk: Desk, incident: str) -> list[tuple[str, int, State, str]]:
    with desk.engine.begin() as connection:
        found = history.earlier(connection, ORGANISATION, incident, person=WREN, seals=desk.seals)
    return [(item.theme, item.severity, item.standing.state, item.reason) for item in found]


def decided(desk: Desk, *, skip: int = 0) -> history.DecidedList:
    with desk.engine.begin() as connection:
        return history.decided(
            connection, ORGANISATION, person=WREN, seals=desk.seals, now_ms=desk.now, skip=skip
        )


def test_a_worse_sighting_after_closing_leads_back_to_what_was_decided(desk: Desk) -> None:
    store = SqlStore(desk.engine)
    store.accept([arrival()])
    first = desk.incident(severity=4)
    desk.deciding.decide(WREN, first, NO_CONCERN, stamp=stamp())
    store.accept([arrival(severity=5)])
    assert earlier(desk, desk.incident(severity=5)) == [("self-harm", 4, State.NO_CONCERN, "media")]


def test_earlier_items_are_those_of_the_same_person_on_the_same_device_that_may_be_read(desk: Desk) -> None:
    SqlStore(desk.engine).accept(
        [
            arrival(),
            arrival(user="somebody else"),
            arrival(theme="bullying", severity=3),
            arrival(theme="hate", severity=3),
        ]
    )
    desk.deciding.decide(WREN, desk.incident(theme="hate"), STAFF, stamp=stamp())
    assert earlier(desk, desk.incident(theme="bullying")) == [("self-harm", 4, State.NEW, "")]


def test_the_record_of_an_incident_is_complete_and_its_notes_are_opened(desk: Desk) -> None:
    SqlStore(desk.engine).accept([arrival()])
    incident = desk.incident()
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    desk.deciding.reopen(WREN, incident, reason="Look again.", stamp=stamp(1))
    with desk.engine.begin() as connection:
        record = history.decisions_of(connection, ORGANISATION, incident, seals=desk.seals)
    assert [(row.number, row.verb, row.outcome) for row in record] == [
        (2, "reopen", ""),
        (1, "decide", "no_concern"),
    ]
    assert record[0].texts == {"note": "Look again."}
    assert record[1].texts == NO_CONCERN.texts
    assert "song" not in repr(record)


@pytest.mark.fault
def test_a_note_that_was_tampered_with_hides_nothing_else(desk: Desk) -> None:
    SqlStore(desk.engine).accept([arrival()])
    incident = desk.incident()
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    with desk.engine.begin() as connection:
        connection.execute(update(decisions).values(note=b"\x01" * 40))
        (row,) = history.decisions_of(connection, ORGANISATION, incident, seals=desk.seals)
    assert (row.outcome, row.texts) == ("no_concern", history.UNREADABLE)


def test_what_is_decided_is_listed_until_a_watch_brings_it_back(desk: Desk) -> None:
    SqlStore(desk.engine).accept([arrival(theme=theme) for theme in ("bullying", "hate", "drugs", "suicide")])
    for theme, answers in (("bullying", NO_CONCERN), ("hate", WATCH), ("drugs", STAFF)):
        desk.now += 1_000
        desk.deciding.decide(WREN, desk.incident(theme=theme), answers, stamp=stamp())
    found = decided(desk)
    assert [item.theme for item in found.items] == ["hate", "bullying"]
    assert found.total == 2
    assert [item.theme for item in decided(desk, skip=1).items] == ["bullying"]
    desk.now = NOW + DAY
    assert [item.theme for item in decided(desk).items] == ["bullying"]


def test_the_head_reads_of_what_came_to_the_head_only(desk: Desk) -> None:
    SqlStore(desk.engine).accept([arrival(theme="hate"), arrival(theme="drugs")])
    hate, drugs = desk.incident(theme="hate"), desk.incident(theme="drugs")
    desk.deciding.decide(WREN, drugs, STAFF, stamp=stamp())
    with desk.engine.begin() as connection:
        assert (
            history.decided(connection, ORGANISATION, person=HEAD, seals=desk.seals, now_ms=desk.now).total
            == 0
        )
        (item,) = history.earlier(connection, ORGANISATION, hate, person=HEAD, seals=desk.seals)
    assert (item.id, item.standing.audience) == (drugs, Audience.HEAD)
