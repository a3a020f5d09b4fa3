"""Who is sensed by what and when, by the school's policy."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from lamplighter_agent.observation import TypedText, WindowTitle
from lamplighter_agent.policy import (
    AWAY,
    NOT_ASSESSED,
    WAITING,
    floor_of,
    media_wanted,
    moment_words,
    next_change,
    policy_for,
    policy_kind,
    wanted,
)
from lamplighter_keywords.policy.device_policy import DevicePolicy, Floor, Term, Window
from lamplighter_keywords.terms import UserKind
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from tests.support.clock import MORNING

PUPIL, STAFF = pb.USER_KIND_PUPIL, pb.USER_KIND_STAFF
at = datetime.fromisoformat
MONDAY = at("2026-11-23 09:00")
SHIPPED = DevicePolicy()
ASSESSED = replace(SHIPPED, staff_dpia="DPIA 7")
SCHOOL_HOURS = Window(days=(0, 1, 2, 3, 4), start=8 * 60, end=16 * 60, in_term=True)
DAYTIME = replace(SHIPPED, pupil=replace(SHIPPED.pupil, hours=SCHOOL_HOURS))
TYPED = TypedText(field_id=1, position=0, text="x", pasted=False, application="", observed_at=MORNING)
TITLE = WindowTitle(title="x", application="", observed_at=MORNING)


def told(
    kind: pb.UserKind.ValueType,
    policy: DevicePolicy | None,
    *,
    now: datetime = MONDAY,
    not_now: str = "",
    on_site: bool = True,
) -> SensingPolicy:
    return policy_for(kind, policy, not_now=not_now, now=now, on_site=on_site)


def test_a_pupil_is_sensed_by_the_shipped_policy_at_any_time() -> None:
    for now in ("2026-11-23 09:00", "2026-11-22 03:00", "2026-12-25 12:00"):
        for on_site in (True, False):
            found = told(PUPIL, SHIPPED, now=at(now), on_site=on_site)
            assert wanted(found, TYPED)
            assert wanted(found, TITLE)


def test_what_counts_goes_by_place_and_away_by_the_time() -> None:
    terms = (Term(first=date(2026, 9, 2), last=date(2026, 12, 18)),)
    policy = replace(SHIPPED, terms=terms)
    serious, gravest = Floor(severity=3), Floor(severity=4, core_only=True)
    for now, away in (
        ("2026-11-23 06:59", gravest),
        ("2026-11-23 07:00", serious),
        ("2026-11-22 20:59", serious),
        ("2026-11-23 21:00", gravest),
        ("2026-12-25 12:00", gravest),
    ):
        assert floor_of(PUPIL, policy, at(now), on_site=True) == Floor()
        assert floor_of(PUPIL, policy, at(now), on_site=False) == away
    assert next_change(policy, at("2026-11-23 19:00")) == at("2026-11-23 21:00")


def test_staff_are_never_sensed_away_from_school() -> None:
    for now in ("2026-11-23 09:00", "2026-11-23 20:00"):
        away = told(STAFF, ASSESSED, now=at(now), on_site=False)
        # Nobody can promise when it goes on.
        assert (away.sensing, away.resting, away.rests_until, away.reason) == (False, True, "", AWAY)
        assert not media_wanted(STAFF, ASSESSED, at(now), on_site=False)


def test_where_a_school_checks_away_only_in_hours_it_says_until_when() -> None:
    place = replace(SHIPPED.pupil.place, off_site_otherwise=None)
    policy = replace(SHIPPED, pupil=replace(SHIPPED.pupil, place=place))
    assert told(PUPIL, policy, on_site=False).sensing
    late = told(PUPIL, policy, now=at("2026-11-23 22:00"), on_site=False)
    assert (late.sensing, late.resting, late.rests_until) == (False, True, "Tuesday 07:00")
    assert told(PUPIL, policy, now=at("2026-11-23 22:00")).sensing


def test_nobody_is_sensed_before_the_first_lists_or_where_the_device_may_not_be_watched() -> None:
    for kind in (PUPIL, STAFF):
        waiting = told(kind, None)
        assert (waiting.sensing, waiting.reason) == (False, WAITING)
        stopped = told(kind, ASSESSED, not_now="not enrolled")
        assert (stopped.sensing, stopped.reason) == (False, "not enrolled")
        assert not wanted(stopped, TYPED)


def test_staff_are_sensed_only_with_an_assessment_on_record_and_in_their_hours() -> None:
    assert told(STAFF, SHIPPED).reason == NOT_ASSESSED
    assert told(STAFF, ASSESSED).sensing
    evening = told(STAFF, ASSESSED, now=at("2026-11-23 20:00"))
    assert (evening.sensing, evening.resting, evening.rests_until) == (False, True, "Tuesday 07:00")


def test_what_is_switched_off_is_not_judged() -> None:
    no_typing = replace(SHIPPED, pupil=replace(SHIPPED.pupil, typed=False))
    found = told(PUPIL, no_typing)
    assert (wanted(found, TYPED), wanted(found, TITLE)) == (False, True)
    no_titles = replace(SHIPPED, pupil=replace(SHIPPED.pupil, titles=False))
    found = told(PUPIL, no_titles)
    assert (wanted(found, TYPED), wanted(found, TITLE)) == (True, False)
    nothing = replace(SHIPPED, pupil=replace(SHIPPED.pupil, typed=False, titles=False))
    assert not told(PUPIL, nothing).sensing


def test_outside_the_hours_it_rests_and_says_until_when() -> None:
    assert told(PUPIL, DAYTIME).sensing
    for now, until in (
        ("2026-11-23 07:59", "08:00"),
        ("2026-11-23 16:00", "Tuesday 08:00"),
        ("2026-11-20 17:00", "Monday 08:00"),
    ):
        found = told(PUPIL, DAYTIME, now=at(now))
        assert (found.sensing, found.resting, found.rests_until) == (False, True, until)
        assert until in found.reason


def test_in_the_holidays_it_rests_until_the_next_term() -> None:
    terms = (
        Term(first=date(2026, 9, 2), last=date(2026, 12, 18)),
        Term(first=date(2027, 1, 5), last=date(2027, 3, 26)),
    )
    policy = replace(DAYTIME, terms=terms)
    assert told(PUPIL, policy, now=at("2026-12-21 10:00")).rests_until == "5 January 08:00"
    after = told(PUPIL, policy, now=at("2027-04-01 10:00"))
    assert (after.resting, after.rests_until, after.reason) == (True, "", "outside all terms")


def test_the_next_change_is_the_first_of_all_kinds() -> None:
    assert next_change(None, MONDAY) is None
    assert next_change(DAYTIME, MONDAY) == at("2026-11-23 16:00")
    assert next_change(DAYTIME, at("2026-11-23 17:00")) == at("2026-11-23 18:00")
    # Away from school other things count from then on.
    assert next_change(DAYTIME, at("2026-11-23 19:00")) == at("2026-11-23 21:00")


def test_media_follow_the_same_rules() -> None:
    def media(kind: pb.UserKind.ValueType, policy: DevicePolicy | None, now: datetime = MONDAY) -> bool:
        return media_wanted(kind, policy, now, on_site=True)

    assert media(PUPIL, SHIPPED)
    assert not media(PUPIL, None)
    assert not media(PUPIL, DAYTIME, at("2026-11-23 17:00"))
    assert not media(PUPIL, replace(SHIPPED, pupil=replace(SHIPPED.pupil, media=False)))
    assert not media(STAFF, SHIPPED)
    assert media(STAFF, ASSESSED)
    # A stick is of severity 2, and at home things count from 3 on.
    assert not media_wanted(PUPIL, SHIPPED, MONDAY, on_site=False)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23 18:00", "18:00"),
        ("2026-11-24 07:00", "Tuesday 07:00"),
        ("2026-12-02 07:05", "2 December 07:05"),
    ],
)
def test_a_moment_is_said_as_one_says_it(moment: str, words: str) -> None:
    assert moment_words(at(moment), MONDAY) == words


def test_everybody_but_staff_is_checked_as_a_pupil() -> None:
    assert policy_kind(STAFF) is UserKind.STAFF
    assert {policy_kind(kind) for kind in pb.UserKind.values() if kind != STAFF} == {UserKind.PUPIL}
