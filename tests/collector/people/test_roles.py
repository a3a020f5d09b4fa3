from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.roles import Role, audiences, in_order, role_names


def test_each_role_reads_its_audience_and_a_technician_none() -> None:
    read = {role: audiences([role]) for role in Role}
    assert read == {
        Role.DSL: {Audience.DSL},
        Role.DEPUTY: {Audience.DSL},
        Role.HEADTEACHER: {Audience.HEAD},
        Role.CHAIR: {Audience.CHAIR},
        Role.TECHNICIAN: frozenset(),
    }


def test_several_roles_read_together_and_are_named_in_order() -> None:
    both = [Role.HEADTEACHER, Role.DSL, Role.DSL]
    assert audiences(both) == {Audience.DSL, Audience.HEAD}
    assert in_order(both) == (Role.DSL, Role.HEADTEACHER)
    assert role_names(both) == "Designated safeguarding lead, Headteacher"


def test_nobody_without_a_role_reads_anything() -> None:
    assert audiences([]) == frozenset()
    assert role_names([]) == ""
