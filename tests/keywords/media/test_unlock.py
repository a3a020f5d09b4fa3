"""Codes: the same at both ends, of use for one device, one medium and two hours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.media.unlock import code_for, good_until, hour_of, is_code, opens

SECRET = bytes(range(32))
HOUR = 497_222


@given(device=st.text(min_size=1), serial=st.text(), hour=st.integers(0, 10**6))
def test_a_code_has_eight_digits_and_opens(device: str, serial: str, hour: int) -> None:
    device, serial = (text.encode(errors="replace").decode() for text in (device, serial))
    code = code_for(SECRET, device, serial, hour)
    assert len(code) == 8
    assert code.isdecimal()
    assert opens(f" {code[:4]} {code[4:]} ", SECRET, device, serial, hour)
    assert opens(f"{code[:4]}-{code[4:]}", SECRET, device, serial, hour + 1)


def test_it_opens_nothing_else() -> None:
    code = code_for(SECRET, "ll-0042", "60A44C3F", HOUR)
    assert opens(code, SECRET, "ll-0042", "60A44C3F", HOUR)
    assert not opens(code, SECRET, "ll-0043", "60A44C3F", HOUR)
    assert not opens(code, SECRET, "ll-0042", "60A44C3E", HOUR)
    assert not opens(code, SECRET, "ll-0042", "60A44C3F", HOUR + 2)
    assert not opens(code, SECRET, "ll-0042", "60A44C3F", HOUR - 1)
    assert not opens(code, SECRET[::-1], "ll-0042", "60A44C3F", HOUR)
    # Where one part ends and the next begins is part of what is keyed.
    assert code_for(SECRET, "ab", "c", HOUR) != code_for(SECRET, "a", "bc", HOUR)


@given(serial=st.text("0123456789ABCDEFabcdef-", min_size=4))
def test_a_technician_types_a_serial_number_in_any_case(serial: str) -> None:
    code = code_for(SECRET, "ll-0042", f" {serial.lower()} ", HOUR)
    assert opens(code, SECRET, "ll-0042", serial, HOUR)
    assert opens(code, SECRET, "ll-0042", serial.upper(), HOUR)


def test_a_code_is_good_to_the_end_of_the_next_hour() -> None:
    made = datetime(2026, 11, 22, 9, 59, 30, tzinfo=UTC)
    until = good_until(made)
    assert until == datetime(2026, 11, 22, 11, tzinfo=UTC)
    code = code_for(SECRET, "ll-0042", "60A44C3F", hour_of(made))
    assert opens(code, SECRET, "ll-0042", "60A44C3F", hour_of(until) - 1)
    assert not opens(code, SECRET, "ll-0042", "60A44C3F", hour_of(until))


@given(typed=st.text())
def test_anything_may_be_typed(typed: str) -> None:
    code = code_for(SECRET, "ll-0042", "60A44C3F", HOUR)
    before = code_for(SECRET, "ll-0042", "60A44C3F", HOUR - 1)
    opened = opens(typed, SECRET, "ll-0042", "60A44C3F", HOUR)
    assert opened is ("".join(typed.split()).replace("-", "") in {code, before})


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "\u0661" * 8, "-" * 8])
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    assert not is_code(typed)
    assert not opens(typed, SECRET, "ll-0042", "60A44C3F", HOUR)


def test_without_a_secret_there_is_no_code() -> None:
    for secret in (b"", SECRET[1:]):
        with pytest.raises(ValueError, match="32 bytes"):
            code_for(secret, "ll-0042", "60A44C3F", HOUR)


def test_an_hour_is_counted_in_utc() -> None:
    assert hour_of(datetime(2026, 11, 22, 9, 59, 59, tzinfo=UTC)) == hour_of(
        datetime(2026, 11, 22, 9, tzinfo=UTC)
    )
    assert hour_of(datetime(1970, 1, 2, tzinfo=UTC)) == 24
