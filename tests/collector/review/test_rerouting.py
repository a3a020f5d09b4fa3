"""Stored incidents follow the links of accounts."""

import pytest
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes, routes_for
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.rerouting import reroute
from lamplighter_collector.review.states import State
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Engine, insert

from tests.collector.items import SEALS, arrival
from tests.collector.people.people import person
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

WREN = SEALS.pseudonym("subject", "wren")
LINKED = routes_for([person(Role.DSL, own=[WREN]), person(Role.HEADTEACHER, account="a2")])


def moved(engine: Engine, routes: Routes) -> int:
    with engine.begin() as connection:
        return reroute(connection, ORGANISATION, routes, [WREN])


def audiences(engine: Engine) -> list[str]:
    return [audience for (audience,) in rows(engine, incidents, "audience")]


def test_a_link_moves_what_is_stored_and_its_end_moves_it_back(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user="wren"), arrival(user="wren", severity=5), arrival(user="other")])
    assert audiences(engine) == ["dsl"] * 3
    assert moved(engine, LINKED) == 2
    assert sorted(audiences(engine)) == ["dsl", "head", "head"]
    assert moved(engine, LINKED) == 0
    assert moved(engine, Routes()) == 2
    assert audiences(engine) == ["dsl"] * 3


def test_open_pages_learn_of_it(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user="wren"), arrival(user="other")])
    moved(engine, LINKED)
    assert sorted(rows(engine, incidents, "revision", "audience")) == [(1, "dsl"), (2, "head")]


def test_what_the_device_calls_staff_stays_with_the_head(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user="wren", user_kind=detection_pb2.USER_KIND_STAFF)])
    assert audiences(engine) == ["head"]
    assert moved(engine, Routes()) == 0
    assert moved(engine, LINKED) == 0


def test_another_school_is_left_alone(engine: Engine) -> None:
    SqlStore(engine).accept([arrival(user="wren")])
    with engine.begin() as connection:
        assert reroute(connection, "Another School", LINKED, [WREN]) == 0


@pytest.mark.parametrize(("to_state", "back"), [(State.STAFF_ROUTED, "head"), (State.ACTIONED, "dsl")])
def test_what_somebody_routed_as_staff_never_comes_back(engine: Engine, to_state: State, back: str) -> None:
    SqlStore(engine).accept([arrival(user="wren")])
    moved(engine, LINKED)
    ((incident,),) = rows(engine, incidents, "id")
    decision = {
        "organisation": ORGANISATION,
        "incident": incident,
        "number": 1,
        "subject": WREN,
        "nonce": "n",
        "at": 0,
        "by": "a1",
        "verb": "decide",
        "from_state": State.NEW,
        "to_state": to_state,
        "from_audience": Audience.DSL,
        "outcome": "staff",
        "reason": "",
        "note": None,
    }
    with engine.begin() as connection:
        connection.execute(insert(decisions).values(decision))
    moved(engine, Routes())
    assert audiences(engine) == [back]
