"""For whom a permission is, and when it holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.media.permission import Access, account_key, person_mark

from tests.keywords.media.mediums import HOUR, NOW, SCHOOL, WREN, permission


def test_it_is_for_one_person_or_one_group() -> None:
    ours = permission()
    assert ours.covers(mark=WREN, group="pupil")
    assert not ours.covers(mark=person_mark(SCHOOL, "dev"), group="pupil")
    assert not ours.covers(mark="", group="")
    for_staff = permission(person="", group="staff")
    assert for_staff.covers(mark=WREN, group="staff")
    assert not for_staff.covers(mark=WREN, group="pupil")
    assert not for_staff.covers(mark=WREN, group="")


@given(now=st.integers(NOW - 2 * HOUR, NOW + 2 * HOUR))
def test_it_holds_from_its_beginning_up_to_its_end(now: int) -> None:
    assert permission().holds(now) is (NOW - HOUR <= now < NOW + HOUR)
    assert not permission().holds(NOW + HOUR)


def test_a_medium_of_another_size_is_another_one() -> None:
    ours = replace(permission(), size_bytes=16_000_000_000)
    assert ours.fits(16_000_000_000)
    # As another system reckons it.
    assert ours.fits(15_992_000_000)
    assert not ours.fits(32_000_000_000)
    assert not ours.fits(8_000_000_000)
    assert not ours.fits(0)
    assert permission().fits(1)


@given(account=st.text(min_size=1))
def test_a_mark_is_the_same_for_any_case_and_other_in_another_school(account: str) -> None:
    mark = person_mark(SCHOOL, account)
    assert mark == person_mark(SCHOOL, account.casefold())
    assert mark != person_mark("Another School", account)
    assert len(mark) == 32
    assert account not in mark or len(account) < 8


@pytest.mark.parametrize(
    "spelling",
    [
        "wren",
        "WREN",
        "SCHOOL\\wren",
        "school\\Wren",
        "wren@school.example",
        "SCHOOL\\wren@school.example",
        "ｗｒｅｎ",
    ],
)
def test_all_spellings_of_an_account_are_one_person(spelling: str) -> None:
    assert person_mark(SCHOOL, spelling) == person_mark(SCHOOL, "wren")


@pytest.mark.parametrize("account", ["wrens", "wren.1", "wren/x", "school", "@wren", "école", "ecole"])
def test_other_accounts_are_other_people(account: str) -> None:
    assert account_key(account) != "wren"
    assert person_mark(SCHOOL, account) != person_mark(SCHOOL, "wren")


def test_a_name_in_two_forms_of_unicode_is_one() -> None:
    assert (
        person_mark(SCHOOL, "zoe\u0308") == person_mark(SCHOOL, "zo\u00eb") == person_mark(SCHOOL, "ZO\u00cb")
    )
    assert account_key("Stra\u00dfe") == "strasse"


@given(account=st.text(min_size=1))
def test_a_key_stands_for_itself_and_is_never_empty(account: str) -> None:
    key = account_key(account)
    assert key
    # A name of nothing but separators keeps them, for want of another.
    assert "\\" in key or account_key(f"SCHOOL\\{key}") == account_key(key)


def test_nobody_has_no_mark() -> None:
    assert person_mark(SCHOOL, "") == ""
    assert person_mark("ab", "c") != person_mark("a", "bc")


def test_the_narrower_of_two() -> None:
    both = Access.READ_WRITE
    assert both.at_most(Access.READ_WRITE) is both
    assert both.at_most(Access.READ_ONLY) is Access.READ_ONLY
    assert Access.READ_ONLY.at_most(both) is Access.READ_ONLY
