import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes, routes_for
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.access import may_read, readable_audiences

from tests.collector.people.people import SUBJECTS, person, staffs

DSL = person(Role.DSL, account="dsl", own=["dsl"], children=["their-child"])
DEPUTY = person(Role.DEPUTY, account="deputy", own=["deputy"])
HEAD = person(Role.HEADTEACHER, account="head", own=["head"], children=["heads-child"])
CHAIR = person(Role.CHAIR, account="chair", own=["chair"])
TECHNICIAN = person(Role.TECHNICIAN, account="technician", own=["technician"])
SMALL_SCHOOL = person(Role.DSL, Role.HEADTEACHER, account="head", own=["head"], children=["heads-child"])


@pytest.mark.parametrize(
    ("kind", "audience"),
    [
        (UserKind.PUPIL, Audience.DSL),
        (UserKind.UNKNOWN, Audience.DSL),
        (UserKind.STAFF, Audience.HEAD),
    ],
)
@pytest.mark.parametrize("subject", ["", "somebody"])
def test_without_a_link_the_kind_of_user_decides(kind: UserKind, audience: Audience, subject: str) -> None:
    assert Routes().audience(kind, subject) is audience
    assert routes_for([DSL, HEAD]).audience(kind, subject) is audience


@pytest.mark.parametrize("kind", UserKind)
@pytest.mark.parametrize(
    ("subject", "audience"),
    [
        ("dsl", Audience.HEAD),
        ("deputy", Audience.HEAD),
        ("technician", Audience.HEAD),
        ("chair", Audience.HEAD),
        ("head", Audience.CHAIR),
    ],
)
def test_whoever_has_an_account_is_staff_and_the_head_goes_to_the_chair(
    subject: str, audience: Audience, kind: UserKind
) -> None:
    everybody = [DSL, DEPUTY, HEAD, CHAIR, TECHNICIAN]
    assert routes_for(everybody).audience(kind, subject) is audience


def test_a_head_who_is_also_the_dsl_goes_to_the_chair() -> None:
    routes = routes_for([SMALL_SCHOOL, CHAIR])
    assert routes.audience(UserKind.PUPIL, "head") is Audience.CHAIR
    assert routes.audience(UserKind.STAFF, "head") is Audience.CHAIR


def test_a_closed_account_of_a_headteacher_still_goes_to_the_chair() -> None:
    assert routes_for([CHAIR], left=[HEAD]).audience(UserKind.STAFF, "head") is Audience.CHAIR


def test_a_childs_item_is_read_by_another_of_the_same_audience() -> None:
    routes = routes_for([DSL, DEPUTY, HEAD, CHAIR])
    assert routes.audience(UserKind.PUPIL, "their-child") is Audience.DSL
    assert routes.audience(UserKind.PUPIL, "heads-child") is Audience.DSL


def test_the_child_of_the_only_reader_goes_one_step_further() -> None:
    assert routes_for([DSL, HEAD]).audience(UserKind.PUPIL, "their-child") is Audience.HEAD
    assert routes_for([SMALL_SCHOOL, CHAIR]).audience(UserKind.PUPIL, "heads-child") is Audience.CHAIR


def test_with_nobody_further_it_waits_where_it_belongs() -> None:
    assert routes_for([DSL]).audience(UserKind.PUPIL, "their-child") is Audience.DSL
    assert routes_for([TECHNICIAN, DSL]).audience(UserKind.PUPIL, "technician") is Audience.HEAD


@given(staffs(), st.sampled_from(UserKind), st.sampled_from(SUBJECTS))
def test_a_conflict_alone_never_leaves_an_item_unread(
    school: list[Person], kind: UserKind, subject: str
) -> None:
    audience = routes_for(school).audience(kind, subject)
    is_held = any(audience in readable_audiences(member) for member in school)
    if is_held and not _is_read(school, audience, subject):
        line = list(Audience)
        assert not any(_is_read(school, later, subject) for later in line[line.index(audience) :])


@given(staffs(), st.sampled_from(UserKind), st.sampled_from(SUBJECTS[1:]))
def test_staff_never_reach_the_dsl(school: list[Person], kind: UserKind, subject: str) -> None:
    is_staff = kind is UserKind.STAFF or any(subject in member.own_subjects for member in school)
    assert not is_staff or routes_for(school).audience(kind, subject) is not Audience.DSL


@given(staffs().flatmap(lambda school: st.tuples(st.just(school), st.permutations(school))))
def test_the_order_of_accounts_means_nothing(schools: tuple[list[Person], list[Person]]) -> None:
    school, shuffled = schools
    assert routes_for(school) == routes_for(shuffled)


def _is_read(school: list[Person], audience: Audience, subject: str) -> bool:
    return any(may_read(member, audience, subject, theme="self-harm") for member in school)
