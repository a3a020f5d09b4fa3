"""Decisions on both databases: on record, once, and nobody's lost."""

import json
import threading
from collections.abc import Callable

import pytest
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.errors import (
    ClaimTaken,
    CollectorError,
    IllegalTransition,
    NonceMisused,
    StaleDecision,
)
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review import states
from lamplighter_collector.review.deciding import Deciding
from lamplighter_collector.review.models import decisions, incidents
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from tests.collector.items import arrival
from tests.collector.review.desk import (
    CHAIR,
    DEV,
    HEAD,
    NO_CONCERN,
    NOW,
    STAFF,
    TECHNICIAN,
    WATCH,
    WREN,
    Desk,
    person,
    stamp,
)
from tests.collector.stores import rows


@pytest.fixture
def incident(engine: Engine) -> str:
    SqlStore(engine).accept([arrival()])
    ((found,),) = rows(engine, incidents, "id")
    return str(found)


def test_a_decision_is_on_record_with_its_audit_row_and_its_note_sealed(desk: Desk, incident: str) -> None:
    decided = desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    assert decided is not None
    assert (decided.number, decided.at_ms, decided.outcome, decided.reason) == (1, NOW, "no_concern", "media")
    assert desk.standing(incident) == ("no_concern", "dsl", 1, None)
    assert desk.recorded() == [(1, "wren", "decide", "new", "no_concern", "no_concern")]
    assert desk.audited() == [("wren", "incident-decide", incident, "no_concern: media")]
    ((subject, note),) = rows(desk.engine, decisions, "subject", "note")
    assert b"zebra" not in note
    assert json.loads(desk.seals.open(subject, "decisions.note", note)) == NO_CONCERN.texts
    assert "zebra" not in repr(NO_CONCERN)


def test_a_form_that_is_sent_twice_is_done_once_and_answered_alike(desk: Desk, incident: str) -> None:
    sent = stamp()
    first = desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=sent)
    desk.now += 5_000
    assert desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=sent) == first
    assert desk.deciding.undo(WREN, incident, stamp=stamp(1)) is not None
    assert desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=sent) == first
    assert len(desk.recorded()) == len(desk.audited()) == 2
    assert desk.standing(incident) == ("claimed", "dsl", 2, "wren")


def test_a_forms_number_is_good_for_that_form_only(desk: Desk, incident: str) -> None:
    SqlStore(desk.engine).accept([arrival(theme="bullying")])
    other = desk.incident(theme="bullying")
    used = stamp()
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=used)
    for who, what in ((WREN, other), (DEV, incident)):
        with pytest.raises(NonceMisused):
            desk.deciding.decide(who, what, NO_CONCERN, stamp=used)
    with pytest.raises(NonceMisused):
        desk.deciding.undo(WREN, incident, stamp=used)
    assert desk.standing(other) == ("new", "dsl", 0, None)
    assert len(desk.recorded()) == 1


def test_a_stale_decision_says_who_decided_first_and_changes_nothing(desk: Desk, incident: str) -> None:
    desk.deciding.decide(DEV, incident, WATCH, stamp=stamp())
    desk.now += 60_000
    with pytest.raises(StaleDecision) as stale:
        desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    assert (stale.value.by, stale.value.at_ms) == ("dev", NOW)
    assert "zebra" not in str(stale.value)
    assert desk.standing(incident) == ("watching", "dsl", 1, None)
    assert len(desk.recorded()) == len(desk.audited()) == 1


def test_a_page_of_the_future_is_stale_too(desk: Desk, incident: str) -> None:
    with pytest.raises(StaleDecision):
        desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp(7))


def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(store_url: str, incident: str) -> None:
    """Two collectors, each with a connection of its own."""

    def decide(who: Person, deciding: Deciding) -> object:
        return deciding.decide(who, incident, NO_CONCERN, stamp=stamp())

    done, refused = at_once(store_url, lambda deciding: decide(WREN, deciding), lambda d: decide(DEV, d))
    assert len(done) == 1
    (error,) = refused
    assert isinstance(error, StaleDecision)


def test_one_form_sent_to_two_collectors_at_once_is_one_decision(store_url: str, incident: str) -> None:
    sent = stamp()

    def decide(deciding: Deciding) -> object:
        return deciding.decide(WREN, incident, NO_CONCERN, stamp=sent)

    done, refused = at_once(store_url, decide, decide)
    assert refused == []
    assert done[0] == done[1]
    engine = writing_engine(store_url)
    assert rows(engine, decisions, "number") == [(1,)]
    engine.dispose()


def at_once(url: str, *acts: Callable[[Deciding], object]) -> tuple[list[object], list[CollectorError]]:
    """What became of acts that begin together, each on an engine of its own."""
    ready = threading.Barrier(len(acts))
    done: list[object] = []
    refused: list[CollectorError] = []

    def run(act: Callable[[Deciding], object]) -> None:
        engine = writing_engine(url)
        try:
            ready.wait(timeout=30)
            done.append(act(Desk(engine).deciding))
        except CollectorError as error:
            refused.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


def test_decisions_beside_ingest_neither_wait_for_ever_nor_get_lost(store_url: str, incident: str) -> None:
    """Both lock the revision first: no deadlock on a database with several writers."""
    sightings = 40

    def ingest(_: Deciding) -> None:
        engine = writing_engine(store_url)
        store = SqlStore(engine)
        for _number in range(sightings):
            store.accept([arrival()])
        engine.dispose()

    def decide(deciding: Deciding) -> None:
        for version in range(0, 20, 2):
            deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp(version))
            deciding.reopen(WREN, incident, reason="Again.", stamp=stamp(version + 1))

    _, refused = at_once(store_url, ingest, decide)
    assert refused == []
    engine = writing_engine(store_url)
    assert rows(engine, incidents, "version", "sightings", "state") == [(20, sightings + 1, "new")]
    engine.dispose()


def test_what_is_about_staff_leaves_the_dsl_and_is_new_to_the_head(desk: Desk, incident: str) -> None:
    sent = stamp()
    decided = desk.deciding.decide(WREN, incident, STAFF, stamp=sent)
    assert desk.standing(incident) == ("staff_routed", "head", 1, None)
    for who in (WREN, DEV, CHAIR):
        assert desk.deciding.claim(who, incident) is None
        assert desk.deciding.undo(who, incident, stamp=stamp(1)) is None
        assert desk.deciding.reopen(who, incident, reason="Back.", stamp=stamp(1)) is None
    assert desk.deciding.decide(WREN, incident, STAFF, stamp=sent) == decided
    assert desk.deciding.claim(HEAD, incident) is not None
    assert desk.standing(incident) == ("claimed", "head", 1, "head")
    again = desk.deciding.decide(HEAD, incident, STAFF, stamp=stamp(1))
    assert again is not None
    assert desk.standing(incident)[:2] == ("staff_routed", "chair")
    with pytest.raises(IllegalTransition):
        desk.deciding.decide(CHAIR, incident, STAFF, stamp=stamp(2))


def test_what_is_about_the_head_goes_to_the_chair(desk: Desk, incident: str) -> None:
    ((subject,),) = rows(desk.engine, incidents, "subject")
    head_and_dsl = person("both", Role.DSL, Role.HEADTEACHER, own=frozenset({subject}))
    desk.routes = Routes(exceptions={subject: (Audience.CHAIR, Audience.CHAIR)})
    desk.deciding.decide(WREN, incident, STAFF, stamp=stamp())
    assert desk.standing(incident)[1] == "chair"
    assert desk.deciding.claim(head_and_dsl, incident) is None
    assert desk.deciding.claim(CHAIR, incident) is not None


def test_who_may_not_read_it_finds_nothing_and_leaves_no_trace(desk: Desk, incident: str) -> None:
    ((subject,),) = rows(desk.engine, incidents, "subject")
    own = person("self", Role.DSL, own=frozenset({subject}))
    before = rows(desk.engine, incidents)
    elsewhere = Deciding(desk.engine, "Elsewhere", desk.seals, routes=lambda _: Routes())
    for who, deciding, what in (
        (HEAD, desk.deciding, incident),
        (TECHNICIAN, desk.deciding, incident),
        (own, desk.deciding, incident),
        (WREN, elsewhere, incident),
        (WREN, desk.deciding, "0000000none"),
    ):
        assert deciding.claim(who, what) is None
        assert deciding.let_go(who, what) is None
        assert deciding.decide(who, what, NO_CONCERN, stamp=stamp()) is None
        assert deciding.undo(who, what, stamp=stamp()) is None
        assert deciding.reopen(who, what, reason="Why not.", stamp=stamp()) is None
    assert rows(desk.engine, incidents) == before
    assert desk.recorded() == desk.audited() == []


def test_claims_are_seen_by_colleagues_and_audited(desk: Desk, incident: str) -> None:
    assert desk.deciding.claim(WREN, incident) is not None
    with pytest.raises(ClaimTaken):
        desk.deciding.claim(DEV, incident)
    with pytest.raises(IllegalTransition):
        desk.deciding.let_go(DEV, incident)
    desk.deciding.let_go(WREN, incident)
    assert desk.standing(incident) == ("new", "dsl", 0, None)
    assert [verb for _, verb, _, _ in desk.audited()] == ["incident-claim", "incident-let-go"]


def test_a_claim_makes_no_form_stale(desk: Desk, incident: str) -> None:
    desk.deciding.claim(DEV, incident)
    assert desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp()) is not None


def test_undo_closes_after_thirty_seconds_and_reopening_needs_no_hurry(desk: Desk, incident: str) -> None:
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    desk.now += states.UNDO_MS + 1
    with pytest.raises(IllegalTransition):
        desk.deciding.undo(WREN, incident, stamp=stamp(1))
    reopened = desk.deciding.reopen(DEV, incident, reason="His mother rang.", stamp=stamp(1))
    assert reopened is not None
    assert (reopened.state, reopened.number) == ("new", 2)
    assert desk.recorded()[-1] == (2, "dev", "reopen", "no_concern", "new", "")
    assert desk.audited()[-1] == ("dev", "incident-reopen", incident, None)
    _, (_, subject, note) = rows(desk.engine, decisions, "number", "subject", "note")
    assert b"mother" not in note
    assert "mother" in desk.seals.open(subject, "decisions.note", note)


def test_each_change_is_news_to_open_pages(desk: Desk, incident: str) -> None:
    seen = [rows(desk.engine, incidents, "revision")]
    desk.deciding.claim(WREN, incident)
    seen.append(rows(desk.engine, incidents, "revision"))
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    seen.append(rows(desk.engine, incidents, "revision"))
    assert seen == [[(1,)], [(2,)], [(3,)]]


def test_an_equal_sighting_after_closing_only_counts_and_a_worse_one_is_a_new_item(
    desk: Desk, incident: str
) -> None:
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    SqlStore(desk.engine).accept([arrival(repeats=2)])
    assert desk.standing(incident) == ("no_concern", "dsl", 1, None)
    SqlStore(desk.engine).accept([arrival(severity=5)])
    worse = desk.incident(severity=5)
    assert worse != incident
    assert desk.standing(worse) == ("new", "dsl", 0, None)
    assert rows(desk.engine, incidents, "count", "severity") == [(1, 5), (4, 4)]


@pytest.mark.fault
def test_nothing_is_decided_without_an_audit_row(desk: Desk, incident: str) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    with pytest.raises(DBAPIError):
        desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    assert desk.standing(incident) == ("new", "dsl", 0, None)
    assert desk.recorded() == []


def test_nobody_deletes_anything(desk: Desk, incident: str) -> None:
    kept = rows(desk.engine, detections)
    desk.deciding.decide(WREN, incident, NO_CONCERN, stamp=stamp())
    desk.deciding.reopen(WREN, incident, reason="Look again.", stamp=stamp(1))
    desk.deciding.decide(WREN, incident, STAFF, stamp=stamp(2))
    desk.deciding.decide(HEAD, incident, NO_CONCERN, stamp=stamp(3))
    assert rows(desk.engine, detections) == kept
    assert [number for number, *_ in desk.recorded()] == [1, 2, 3, 4]
