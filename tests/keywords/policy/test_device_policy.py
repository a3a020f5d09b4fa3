"""The device policy: what is shipped, and that writing loses nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.errors import PolicyError
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.policy.device_policy import (
    AfterScan,
    Contact,
    DevicePolicy,
    Floor,
    KindRules,
    MediaMode,
    MediaRules,
    PlaceRules,
    Term,
    Window,
    clock_time,
    policy_document,
)
from lamplighter_keywords.policy.policy_reading import policy_from_document
from lamplighter_keywords.terms import UserKind

WINDOWS = st.builds(
    Window,
    days=st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda days: tuple(sorted(days))),
    start=st.integers(0, 700),
    end=st.integers(701, 1440),
    in_term=st.booleans(),
)
FLOORS = st.builds(Floor, severity=st.integers(1, 5), core_only=st.booleans())
PORTABLE = st.builds(
    MediaRules,
    without_permission=st.sampled_from(MediaMode),
    scan=st.booleans(),
    encryption=st.booleans(),
    access=st.sampled_from(Access),
    infected=st.sampled_from(AfterScan),
    incomplete=st.sampled_from(AfterScan),
    stale_days=st.integers(1, 30),
    receipt_hours=st.integers(1, 168),
    largest_gb=st.integers(1, 32_000),
)
KINDS = st.builds(
    KindRules,
    typed=st.booleans(),
    titles=st.booleans(),
    media=st.booleans(),
    portable=PORTABLE,
    hours=st.none() | WINDOWS,
    place=st.builds(
        PlaceRules,
        on_site=FLOORS,
        off_site=st.none() | FLOORS,
        off_site_otherwise=st.none() | FLOORS,
        when=WINDOWS,
    ),
)
POLICIES = st.builds(
    DevicePolicy,
    pupil=KINDS,
    staff=KINDS,
    staff_dpia=st.sampled_from(["", "DPIA 2026-04"]),
    site_collectors=st.none() | st.sampled_from([(), ("10.1.2.3:9443",), ("a.example:1", "[fd00::5]:2")]),
    terms=st.lists(
        st.builds(Term, first=st.dates(max_value=date(2026, 6, 1)), last=st.dates(date(2026, 6, 1))),
        max_size=3,
    ).map(tuple),
    silent_days=st.integers(1, 365),
    retention_days=st.integers(1, 3650),
    contacts=st.lists(
        st.builds(Contact, label=st.just("Lead"), value=st.sampled_from(["Room 4", "ŵ"]), checked=st.dates()),
        max_size=3,
    ).map(tuple),
    notice=st.dictionaries(st.sampled_from(["en", "cy", "pt-BR"]), st.just(("One.", "Two."))),
)


def test_what_is_shipped_for_pupils() -> None:
    pupil = DevicePolicy().rules(UserKind.PUPIL)
    assert (pupil.typed, pupil.titles, pupil.media, pupil.hours) == (True, True, True, None)
    assert pupil.place.on_site == Floor(severity=1, core_only=False)
    assert pupil.place.off_site == Floor(severity=3, core_only=False)
    assert pupil.place.off_site_otherwise == Floor(severity=4, core_only=True)
    assert pupil.place.when == Window(days=tuple(range(7)), start=7 * 60, end=21 * 60, in_term=True)


def test_what_is_shipped_for_staff() -> None:
    policy = DevicePolicy()
    staff = policy.rules(UserKind.STAFF)
    assert policy.staff_dpia == ""
    assert staff.place.off_site is staff.place.off_site_otherwise is None
    assert staff.hours is not None
    assert staff.hours.days == (0, 1, 2, 3, 4)


def test_what_is_shipped_for_the_rest() -> None:
    policy = DevicePolicy()
    assert (policy.silent_days, policy.contacts) == (90, ())


def test_what_is_shipped_for_portable_media() -> None:
    shipped = MediaRules()
    assert DevicePolicy().pupil.portable == DevicePolicy().staff.portable == shipped
    assert (shipped.without_permission, shipped.scan) == (MediaMode.BLOCK, True)
    assert (shipped.infected, shipped.incomplete) == (AfterScan.BLOCK, AfterScan.BLOCK)


@given(policy=POLICIES)
def test_a_policy_comes_back_from_its_document(policy: DevicePolicy) -> None:
    assert policy_from_document(policy_document(policy)) == policy


def test_a_policy_that_is_too_large_is_not_written() -> None:
    lines = tuple("x" * 400 for _ in range(20))
    many = replace(DevicePolicy(), notice={f"en-{number:04}": lines for number in range(20)})
    with pytest.raises(PolicyError, match="bytes"):
        policy_document(many)
    with pytest.raises(PolicyError, match="bytes"):
        policy_from_document(b" " * 100_000)


def test_times_are_written_as_on_a_clock() -> None:
    assert [clock_time(minutes) for minutes in (0, 425, 1440)] == ["00:00", "07:05", "24:00"]
