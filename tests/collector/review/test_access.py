import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.access import TO_THE_HEAD_TOO, readable_audiences
from lamplighter_collector.review.access import may_read as may_read_of
from lamplighter_keywords.shipped import shipped_themes

from tests.collector.people.people import SUBJECTS, people, person

MALWARE = "malware-media"


def may_read(reader: Person, audience: Audience, subject: str) -> bool:
    return may_read_of(reader, audience, subject, theme="self-harm")


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("role", Role)
def test_malware_of_a_pupil_is_the_head_teachers_too(role: Role, audience: Audience) -> None:
    theirs = {
        (Role.DSL, Audience.DSL),
        (Role.DEPUTY, Audience.DSL),
        (Role.HEADTEACHER, Audience.DSL),
        (Role.HEADTEACHER, Audience.HEAD),
        (Role.CHAIR, Audience.CHAIR),
    }
    assert may_read_of(person(role), audience, "s1", theme=MALWARE) is ((role, audience) in theirs)


def test_not_where_it_is_their_own_child() -> None:
    head = person(Role.HEADTEACHER, children=["s1"])
    assert not may_read_of(head, Audience.DSL, "s1", theme=MALWARE)
    assert may_read_of(head, Audience.DSL, "s2", theme=MALWARE)


def test_the_themes_are_those_with_that_route() -> None:
    routes = {slug: theme.route for slug, theme in shipped_themes().items()}
    assert {slug for slug, route in routes.items() if route == "technician-head"} == TO_THE_HEAD_TOO


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("role", Role)
def test_a_role_reads_its_own_audience_only(role: Role, audience: Audience) -> None:
    theirs = {
        (Role.DSL, Audience.DSL),
        (Role.DEPUTY, Audience.DSL),
        (Role.HEADTEACHER, Audience.HEAD),
        (Role.CHAIR, Audience.CHAIR),
    }
    assert may_read(person(role), audience, "s1") is ((role, audience) in theirs)


def test_a_headteacher_who_is_also_the_dsl_never_reads_their_own_item() -> None:
    head = person(Role.HEADTEACHER, Role.DSL, own=["s1"])
    assert not any(may_read(head, audience, "s1") for audience in Audience)
    assert may_read(head, Audience.HEAD, "s2")
    assert may_read(person(Role.CHAIR), Audience.CHAIR, "s1")


def test_a_parent_never_reads_their_own_child() -> None:
    parent = person(Role.DSL, children=["s1"])
    assert not may_read(parent, Audience.DSL, "s1")
    assert may_read(parent, Audience.DSL, "s2")


def test_an_item_about_nobody_known_is_read_by_its_audience() -> None:
    assert may_read(person(Role.DSL, own=["s1"]), Audience.DSL, "")


everything = st.tuples(people(), st.sampled_from(Audience), st.sampled_from(SUBJECTS))


@given(everything)
def test_nobody_reads_what_is_closed_to_them(asked: tuple[Person, Audience, str]) -> None:
    reader, audience, subject = asked
    assert not (subject in reader.closed_subjects and may_read(reader, audience, subject))


@given(everything)
def test_only_roles_open_an_audience(asked: tuple[Person, Audience, str]) -> None:
    reader, audience, subject = asked
    if may_read(reader, audience, subject):
        assert audience in readable_audiences(reader)
        assert reader.roles - {Role.TECHNICIAN}


@given(everything, people())
def test_a_further_link_never_opens_anything(asked: tuple[Person, Audience, str], linked: Person) -> None:
    reader, audience, subject = asked
    more = person(
        *reader.roles,
        own=reader.own_subjects | linked.own_subjects,
        children=reader.child_subjects | linked.child_subjects,
    )
    assert may_read(reader, audience, subject) or not may_read(more, audience, subject)
