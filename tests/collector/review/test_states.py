from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.errors import ClaimTaken, IllegalTransition, ReviewError
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.review import states
from lamplighter_collector.review.states import CLOSED, Ruling, Standing, State, reads_as

NOW = 1_795_248_000_000
DAY = 24 * 60 * 60_000
RANK = [Audience.DSL, Audience.HEAD, Audience.CHAIR]
NEW = Standing(state=State.NEW, audience=Audience.DSL)
NO_CONCERN = Ruling(outcome="no_concern", state=State.NO_CONCERN)

people = st.sampled_from(("wren", "dev"))
moments = st.integers(NOW - DAY, NOW + 500 * DAY)
rulings = st.builds(
    Ruling,
    outcome=st.just("any"),
    state=st.sampled_from(State),
    watch_until_ms=st.none() | moments,
    audience=st.none() | st.sampled_from(Audience),
)
standings = st.builds(
    Standing,
    state=st.sampled_from(State),
    audience=st.sampled_from(Audience),
    version=st.integers(0, 9),
    claimed_by=st.none() | people,
    claimed_at_ms=st.none() | moments,
    watch_until_ms=st.none() | moments,
    decided_by=st.none() | people,
    decided_at_ms=st.none() | moments,
)
verbs = st.sampled_from(("claim", "let_go", "decide", "undo", "reopen"))


def tried(standing: Standing, verb: str, ruling: Ruling, by: str, now: int) -> Standing | None:
    """What becomes of it, or None where the machine refuses."""
    try:
        match verb:
            case "claim":
                return states.claim(standing, by=by, now_ms=now)
            case "let_go":
                return states.let_go(standing, by=by)
            case "decide":
                return states.decide(standing, ruling, by=by, now_ms=now)
            case "undo":
                return states.undo(standing, by=by, now_ms=now)
            case _:
                return states.reopen(standing, now_ms=now)
    except ReviewError:
        return None


@given(standing=standings, verb=verbs, ruling=rulings, by=people, now=moments)
def test_a_closed_state_is_left_only_by_reopening_or_ones_own_undo_or_the_end_of_a_watch(
    standing: Standing, verb: str, ruling: Ruling, by: str, now: int
) -> None:
    after = tried(standing, verb, ruling, by, now)
    if after is None or reads_as(standing, now) not in CLOSED:
        return
    assert verb in {"reopen", "undo"}
    if verb == "undo":
        assert standing.decided_by == by
        assert now - (standing.decided_at_ms or 0) <= 30_000
        assert after.state is State.CLAIMED
    else:
        assert after.state is State.NEW


@given(standing=standings, verb=verbs, ruling=rulings, by=people, now=moments)
def test_an_audience_only_rises_and_only_by_routing_to_staff(
    standing: Standing, verb: str, ruling: Ruling, by: str, now: int
) -> None:
    after = tried(standing, verb, ruling, by, now)
    if after is None:
        return
    assert RANK.index(after.audience) >= RANK.index(standing.audience)
    assert (after.audience != standing.audience) == (after.state is State.STAFF_ROUTED)


@given(st.lists(st.tuples(verbs, rulings, people, st.integers(0, 3 * DAY)), max_size=30))
def test_any_history_is_counted_and_never_goes_back_to_who_may_not_read_it(
    steps: list[tuple[str, Ruling, str, int]],
) -> None:
    standing, now, readers = NEW, NOW, [Audience.DSL]
    for verb, ruling, by, later in steps:
        now += later
        after = tried(standing, verb, ruling, by, now)
        if after is None:
            continue
        assert after.version == standing.version + (verb in {"decide", "undo", "reopen"})
        if after.audience != readers[-1]:
            assert after.audience not in readers
            readers.append(after.audience)
        assert (after.state is State.CLAIMED) == (after.claimed_by is not None)
        if after.state in CLOSED:
            assert after.decided_by == by
        standing = after


@given(until=moments, now=moments)
def test_a_watch_reads_as_new_from_its_date_on(until: int, now: int) -> None:
    watching = Standing(state=State.WATCHING, audience=Audience.DSL, watch_until_ms=until)
    assert reads_as(watching, now) is (State.NEW if now >= until else State.WATCHING)
    assert states.watch_ended(watching, now) == (now >= until)


@given(standing=standings, ruling=rulings, now=moments)
def test_a_watch_has_a_date_that_is_still_to_come(standing: Standing, ruling: Ruling, now: int) -> None:
    after = tried(standing, "decide", ruling, "wren", now)
    if after is not None:
        assert (after.watch_until_ms is not None) == (after.state is State.WATCHING)
        assert after.watch_until_ms is None or after.watch_until_ms > now


def test_a_claim_is_one_persons_until_it_lapses() -> None:
    claimed = states.claim(NEW, by="wren", now_ms=NOW)
    with pytest.raises(ClaimTaken) as taken:
        states.claim(claimed, by="dev", now_ms=NOW + states.CLAIM_MS - 1)
    assert (taken.value.by, taken.value.at_ms) == ("wren", NOW)
    assert states.claim(claimed, by="dev", now_ms=NOW + states.CLAIM_MS).claimed_by == "dev"
    assert states.claim(claimed, by="wren", now_ms=NOW + 5).claimed_at_ms == NOW + 5
    with pytest.raises(IllegalTransition):
        states.let_go(claimed, by="dev")
    assert states.let_go(claimed, by="wren") == NEW


def test_a_claim_stops_nobody_from_deciding() -> None:
    claimed = states.claim(NEW, by="wren", now_ms=NOW)
    decided = states.decide(claimed, NO_CONCERN, by="dev", now_ms=NOW + 1)
    assert (decided.state, decided.decided_by, decided.claimed_by) == (State.NO_CONCERN, "dev", None)
    with pytest.raises(IllegalTransition):
        states.decide(decided, NO_CONCERN, by="wren", now_ms=NOW + 2)


def test_undo_is_open_for_thirty_seconds_to_whoever_decided() -> None:
    decided = states.decide(NEW, NO_CONCERN, by="wren", now_ms=NOW)
    assert states.undo(decided, by="wren", now_ms=NOW + 30_000).state is State.CLAIMED
    for by, now in (("wren", NOW + 30_001), ("dev", NOW)):
        with pytest.raises(IllegalTransition, match="undo is not possible in the state no_concern"):
            states.undo(decided, by=by, now_ms=now)


def test_what_was_routed_is_new_to_its_readers_and_not_undone() -> None:
    ruling = Ruling(outcome="staff", state=State.STAFF_ROUTED, audience=Audience.HEAD)
    routed = states.decide(NEW, ruling, by="wren", now_ms=NOW)
    assert reads_as(routed, NOW) is State.NEW
    for verb in ("undo", "reopen"):
        assert tried(routed, verb, ruling, "wren", NOW) is None
    assert states.claim(routed, by="head", now_ms=NOW).audience is Audience.HEAD


@pytest.mark.parametrize(
    ("audience", "routed", "goes_to"),
    [
        (Audience.DSL, Audience.HEAD, Audience.HEAD),
        (Audience.DSL, Audience.CHAIR, Audience.CHAIR),
        (Audience.HEAD, Audience.HEAD, Audience.CHAIR),
        (Audience.CHAIR, Audience.HEAD, None),
    ],
)
def test_staff_go_to_the_head_and_the_heads_own_to_the_chair(
    audience: Audience, routed: Audience, goes_to: Audience | None
) -> None:
    assert states.staff_audience(audience, routed=routed) is goes_to


def test_a_watch_that_ended_is_still_said_to_have_ended_after_a_claim() -> None:
    watching = Standing(state=State.WATCHING, audience=Audience.DSL, watch_until_ms=NOW)
    claimed = states.claim(watching, by="wren", now_ms=NOW + 1)
    assert states.watch_ended(claimed, NOW + 1)
    assert states.watch_ended(states.let_go(claimed, by="wren"), NOW + 1)
    assert not states.watch_ended(replace(watching, state=State.NO_CONCERN), NOW + 1)
