"""Invented people."""

from collections.abc import Iterable

from hypothesis import strategies as st
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role

SUBJECTS = ("", "s1", "s2", "s3", "s4")


def person(
    *roles: Role, account: str = "a1", own: Iterable[str] = (), children: Iterable[str] = ()
) -> Person:
    return Person(
        account=account,
        name="Rowan Alder",
        roles=frozenset(roles),
        own_subjects=frozenset(own),
        child_subjects=frozenset(children),
    )


_roles = st.sets(st.sampled_from(Role))
_subjects = st.sets(st.sampled_from(SUBJECTS[1:]), max_size=3)


@st.composite
def people(draw: st.DrawFn) -> Person:
    return person(
        *draw(_roles),
        account=draw(st.sampled_from(("a1", "a2", "a3", "a4"))),
        own=draw(_subjects),
        children=draw(_subjects),
    )


def staffs() -> st.SearchStrategy[list[Person]]:
    """The accounts of one school."""
    return st.lists(people(), max_size=4, unique_by=lambda person: person.account)
