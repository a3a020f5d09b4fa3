import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.services import reveal
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError

from tests.collector.items import SEALS, arrival
from tests.collector.people.people import person
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

DSL = person(Role.DSL)


def only_incident(engine: Engine) -> str:
    ((incident,),) = rows(engine, incidents, "id")
    return str(incident)


def test_words_come_with_an_audit_row_each_time(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(), arrival(repeats=3, evidence=None)])
    incident = only_incident(engine)
    for number in (1, 2):
        words = reveal(engine, ORGANISATION, incident, person=DSL, seals=SEALS)
        assert words is not None
        assert {word.matched for word in words} == {"zebra lantern"}
        assert "zebra" not in repr(words)
        assert rows(engine, audit, "number", "actor", "object")[-1] == (number, "a1", incident)


@pytest.mark.parametrize("who", ["staff", "other organisation", "nothing"])
def test_what_is_not_for_this_reader_is_not_there_and_leaves_no_row(engine: Engine, who: str) -> None:
    kind = detection_pb2.USER_KIND_STAFF if who == "staff" else detection_pb2.USER_KIND_PUPIL
    SqlStore(engine).accept([arrival(user_kind=kind)])
    incident = "none" if who == "nothing" else only_incident(engine)
    organisation = "Elsewhere" if who == "other organisation" else ORGANISATION
    assert reveal(engine, organisation, incident, person=DSL, seals=SEALS) is None
    assert rows(engine, audit) == []


@pytest.mark.fault
def test_no_words_without_an_audit_row(engine: Engine) -> None:
    SqlStore(engine).accept([arrival()])
    incident = only_incident(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    with pytest.raises(DBAPIError):
        reveal(engine, ORGANISATION, incident, person=DSL, seals=SEALS)


@pytest.mark.fault
def test_words_that_can_not_be_opened_are_said_to_be_gone(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(), arrival()])
    with engine.begin() as connection:
        first = select(detections.c.id).limit(1).scalar_subquery()
        connection.execute(update(detections).where(detections.c.id == first).values(evidence=b"x" * 40))
    words = reveal(engine, ORGANISATION, only_incident(engine), person=DSL, seals=SEALS)
    assert words is not None
    assert sorted((word.readable, word.matched) for word in words) == [(False, ""), (True, "zebra lantern")]
