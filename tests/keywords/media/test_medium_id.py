"""What a permission may name, and how a person writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.errors import MediumUnnameable
from lamplighter_keywords.media.medium_id import MediumId, canonical_serial

from tests.keywords.media.mediums import MEDIUMS, STICK


@given(medium=MEDIUMS)
def test_what_is_written_is_read_again(medium: MediumId) -> None:
    assert MediumId.parse(str(medium)) == medium


def test_it_is_the_same_one_in_any_case_and_shown_as_it_was_told() -> None:
    typed = MediumId.parse(" USB:0951:BEEF:aBcD ")
    assert typed.serial == "aBcD"
    reported = MediumId(bus="usb", vendor="0951", product="beef", serial="ABCD")
    assert (typed, hash(typed)) == (reported, hash(reported))
    assert typed.canonical == str(reported)
    assert typed != "usb:0951:beef:ABCD"
    assert MediumId.parse("usb:0951:1666:60A4:4C3F").serial == "60A4:4C3F"
    assert MediumId.parse("mmc:::0x1234abcd").is_nameable


@given(serial=st.text(max_size=40))
def test_a_serial_has_one_form_and_only_the_case_of_plain_letters_is_given_up(serial: str) -> None:
    form = canonical_serial(serial)
    assert canonical_serial(form) == form
    if serial.isascii():
        assert form == serial.strip().upper()
    assert len(form) == len(serial.strip())


@given(one=MEDIUMS, other=MEDIUMS)
def test_what_differs_in_more_than_case_is_another_medium(one: MediumId, other: MediumId) -> None:
    assert (one == other) is (str(one).upper() == str(other).upper())


@given(serial=st.text(max_size=200))
def test_any_serial_is_nameable_or_refused_with_a_reason(serial: str) -> None:
    medium = MediumId(bus="usb", vendor="0951", product="1666", serial=serial)
    if medium.is_nameable:
        assert 4 <= len(serial) <= 128
        assert serial.isprintable()
        assert len(set(serial)) > 1
        medium.require_nameable()
    else:
        with pytest.raises(MediumUnnameable) as caught:
            medium.require_nameable()
        assert caught.value.problem
        assert not serial or len(serial) < 4 or serial not in str(caught.value)


@pytest.mark.parametrize(
    "serial", ["", "123", "0000", "AAAAAAAA", "12\x0034", "12\n34", " 1234", "1\u202e234", "1" * 129]
)
def test_serials_that_name_nothing(serial: str) -> None:
    assert not MediumId(bus="usb", vendor="0951", product="1666", serial=serial).is_nameable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "usb",
        "usb:0951:1666",
        "usb:0951:1666:",
        "usb:951:1666:60A44C3F",
        "u sb:::60A44C3F",
        "usb:zzzz::60A44C3F",
        "floppy:0951:1666:60A44C3F",
    ],
)
def test_what_is_no_medium_is_told(text: str) -> None:
    with pytest.raises(MediumUnnameable):
        MediumId.parse(text)


def test_a_stick_is_written_for_people() -> None:
    assert str(STICK) == "usb:0951:1666:60A44C3FAC35"
