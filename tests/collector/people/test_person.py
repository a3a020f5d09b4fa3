from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role


def test_own_and_children_are_closed_and_roles_are_named_in_order() -> None:
    person = Person(
        account="a1",
        name="Wren Alder",
        roles=frozenset({Role.HEADTEACHER, Role.DSL}),
        own_subjects=frozenset({"own"}),
        child_subjects=frozenset({"child"}),
    )
    assert person.closed_subjects == {"own", "child"}
    assert person.role_text == "dsl,headteacher"
    assert "Wren" not in repr(person)
