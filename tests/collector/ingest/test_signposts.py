"""An item is placed by the links and kinds of the moment in which it is stored."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.ingest import signposts
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.accounts import Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.models import incidents
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Engine

from tests.collector.items import SEALS, arrival
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

ACCOUNTS = Accounts(ORGANISATION, SEALS)
STAFF = detection_pb2.USER_KIND_STAFF
PUPIL = detection_pb2.USER_KIND_PUPIL
UNKNOWN = detection_pb2.USER_KIND_UNSPECIFIED


def add(engine: Engine, *roles: Role, own: str = "") -> None:
    links = (Link(device_account=own, relation=Relation.SELF),) if own else ()
    new = NewAccount(login=str(roles), name="Wren", roles=frozenset(roles), password="$", links=links)
    with engine.begin() as connection:
        ACCOUNTS.add(connection, new, actor="console")


def audiences(engine: Engine) -> list[str]:
    return [audience for (audience,) in rows(engine, incidents, "audience")]


def test_a_link_holds_for_the_very_next_group(engine: Engine) -> None:
    store, late = SqlStore(engine), arrival(user="wren", severity=5)
    store.accept([arrival(user="wren"), arrival(user="other")])
    add(engine, Role.HEADTEACHER, own="wren")
    assert sorted(audiences(engine)) == ["chair", "dsl"]
    assert store.accept([late, arrival(user="other")]) == [True, True]
    assert sorted(audiences(engine)) == ["chair", "chair", "dsl"]
    known = {incident for (incident,) in rows(engine, incidents, "id")}
    assert {incident for (incident,) in rows(engine, detections, "incident")} == known

    with engine.begin() as connection:
        ACCOUNTS.unlink(connection, str((Role.HEADTEACHER,)), "wren", actor="console")
    store.accept([arrival(user="wren", theme="hate")])
    assert audiences(engine) == ["dsl"] * 4


@pytest.mark.parametrize("kind", [UNKNOWN, PUPIL])
def test_who_is_staff_on_one_device_is_staff_on_each(engine: Engine, kind: detection_pb2.UserKind) -> None:
    store = SqlStore(engine)
    store.accept([arrival(user="teacher", user_kind=STAFF)])
    store.accept([arrival(user="teacher", user_kind=kind, theme="hate"), arrival(user_kind=kind)])
    SqlStore(engine).accept([arrival(user="teacher", user_kind=kind, theme="drugs")])
    assert sorted(rows(engine, incidents, "theme", "audience", "user_kind")) == [
        ("drugs", "head", UserKind.STAFF),
        ("hate", "head", UserKind.STAFF),
        ("self-harm", "dsl", kind),
        ("self-harm", "head", UserKind.STAFF),
    ]
    told = rows(engine, detections, "theme", "user_kind")
    assert ("hate", kind) in told


def test_the_kind_counts_within_a_group_in_any_order(engine: Engine) -> None:
    SqlStore(engine).accept(
        [arrival(user="teacher", user_kind=UNKNOWN), arrival(user="teacher", user_kind=STAFF)]
    )
    assert rows(engine, incidents, "audience", "sightings") == [("head", 2)]


def test_where_nobody_is_named_staff_says_nothing_of_others(engine: Engine) -> None:
    store = SqlStore(engine)
    store.accept([arrival(user="", user_kind=STAFF), arrival(user="", user_kind=UNKNOWN)])
    assert sorted(audiences(engine)) == ["dsl", "head"]


def test_what_is_kept_in_memory_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signposts, "_STAFF_KEPT", 2)
    monkeypatch.setattr(signposts, "_SUBJECTS_AT_ONCE", 2)
    store, users = SqlStore(engine), [f"teacher{number}" for number in range(7)]
    store.accept([arrival(user=user, user_kind=STAFF) for user in users])
    for user in users:
        store.accept([arrival(user=user, user_kind=UNKNOWN, theme="hate")])
    assert set(audiences(engine)) == {"head"}
    assert len(store._signposts._staff) <= 3
    # What is forgotten is forgotten between groups: one group is judged by all that was looked up for it.
    store.accept([arrival(user=user, user_kind=UNKNOWN, theme="drugs") for user in users])
    assert set(audiences(engine)) == {"head"}


def test_of_links_and_deliveries_at_once_nothing_stays_behind(store_url: str) -> None:
    """Whichever comes first: at the end no item of the linked account is the DSL's."""
    mine, theirs = writing_engine(store_url), writing_engine(store_url)
    store = SqlStore(mine)
    start = threading.Barrier(2)
    add(theirs, Role.HEADTEACHER)

    def deliver(user: str) -> None:
        start.wait(timeout=10)
        for severity in (2, 3, 4, 5):
            store.accept([arrival(user=user, severity=severity)])

    def link(user: str) -> None:
        start.wait(timeout=10)
        with theirs.begin() as connection:
            one = Link(device_account=user, relation=Relation.SELF)
            ACCOUNTS.link(connection, str((Role.HEADTEACHER,)), one, actor="console")

    with ThreadPoolExecutor(2) as threads:
        for number in range(12):
            done = [threads.submit(deliver, f"user{number}"), threads.submit(link, f"user{number}")]
            for each in done:
                each.result()
    assert audiences(mine) == ["chair"] * 48
    mine.dispose()
    theirs.dispose()
