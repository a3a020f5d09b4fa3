"""When no letter is written, and what its sender is told beside it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.letter.facts import data_contact_of, refuse_without_readers, to_look_at
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.answers import CONTACT_DAYS
from lamplighter_keywords.policy.device_policy import DevicePolicy, Term

from tests.collector.letter.made import DAY, LEAD, OFFICE, facts

TWO = DevicePolicy(contacts=(LEAD, OFFICE))


def test_without_a_contact_there_is_no_letter() -> None:
    with pytest.raises(ConfigError, match=r"^contacts: missing: the letter must say whom families ask"):
        data_contact_of(DevicePolicy(), "", DAY)


def test_a_contact_that_nobody_looked_at_for_a_year_is_named_by_its_number_alone() -> None:
    old = replace(OFFICE, checked=DAY - timedelta(days=CONTACT_DAYS + 1))
    with pytest.raises(ConfigError, match=r"contacts\[1\]\.checked: .* more than a year ago") as refused:
        data_contact_of(DevicePolicy(contacts=(LEAD, old)), "", DAY)
    assert OFFICE.value not in str(refused.value)
    just = replace(OFFICE, checked=DAY - timedelta(days=CONTACT_DAYS))
    assert data_contact_of(DevicePolicy(contacts=(LEAD, just)), "", DAY) == LEAD


def test_who_answers_about_data_is_the_first_or_the_one_that_is_named() -> None:
    assert data_contact_of(TWO, "", DAY) == LEAD
    assert data_contact_of(TWO, " school OFFICE ", DAY) == OFFICE
    with pytest.raises(ConfigError, match="--data-contact") as refused:
        data_contact_of(TWO, "zebra", DAY)
    assert "zebra" not in str(refused.value)
    assert str(refused.value).endswith(f'only "{LEAD.label}", "{OFFICE.label}"')
    assert OFFICE.value not in str(refused.value)


@pytest.mark.parametrize("role", [Role.DSL, Role.HEADTEACHER])
def test_a_letter_that_would_name_a_reader_who_is_not_there_is_refused(role: Role) -> None:
    readers = {Role.DSL: 1, Role.HEADTEACHER: 1}
    refuse_without_readers(readers)
    del readers[role]
    with pytest.raises(ConfigError, match=f"nobody has the role {role.value}"):
        refuse_without_readers(readers)


def test_the_sender_is_told_what_the_program_does_not_do_and_what_is_not_set() -> None:
    bare = to_look_at(facts(replace(TWO, site_collectors=())))
    assert ["retention_days = 365" in bare[0], "[[terms]]" in bare[1], "collectors" in bare[2]] == [True] * 3
    assert len(to_look_at(facts(replace(TWO, terms=(Term(first=DAY, last=DAY),))))) == 1
