"""Codes: right for one device, medium and hour; five tries; after a restart only their count is left."""

from dataclasses import replace
from pathlib import Path

from lamplighter_agent.media.kept import Kept
from lamplighter_agent.media.scanning import identity_of
from lamplighter_agent.media.unlocking import HOUR_MS, UNLOCKED_MS, Tried, Unlocking
from lamplighter_keywords.media.unlock import SECRET_BYTES, TRIES, code_for

from tests.agent.media.samples import NOW
from tests.agent.media.test_kept import file_in
from tests.support.fakes.media import STICK

MEDIUM = identity_of(STICK)
OTHER = replace(MEDIUM, serial="0043")
KEY = bytes(range(SECRET_BYTES))


def opened(folder: Path, device: str = "AV-1") -> Unlocking:
    unlocking = Unlocking(Kept(file_in(folder)), device)
    unlocking.secret_is(KEY)
    return unlocking


def code(hours: int = 0, serial: str = MEDIUM.serial) -> str:
    return code_for(KEY, "AV-1", serial, NOW // HOUR_MS + hours)


def test_the_code_of_this_hour_or_the_last_permits_for_some_hours(tmp_path: Path) -> None:
    for hours in (0, -1):
        unlocking = opened(tmp_path / str(hours))
        assert unlocking.enter(MEDIUM, code(hours), NOW) is Tried.RIGHT
        assert unlocking.until(MEDIUM, NOW) == NOW + UNLOCKED_MS
        assert unlocking.until(MEDIUM, NOW + UNLOCKED_MS) == 0
        assert unlocking.until(replace(MEDIUM, serial="0043"), NOW) == 0


def test_a_code_of_another_hour_medium_or_device_is_wrong(tmp_path: Path) -> None:
    unlocking = opened(tmp_path)
    for typed in (code(1), code(-2), code(serial="0043"), "12345678"):
        assert unlocking.enter(MEDIUM, typed, NOW) in {Tried.WRONG, Tried.NO_MORE}
    assert opened(tmp_path / "other", "AV-2").enter(MEDIUM, code(), NOW) is Tried.WRONG


def test_five_tries_each_hour_also_across_a_restart_and_a_clock_set_back(tmp_path: Path) -> None:
    unlocking = opened(tmp_path)
    tried = [unlocking.enter(MEDIUM, "00000000", NOW) for _ in range(TRIES)]
    assert tried == [*[Tried.WRONG] * (TRIES - 1), Tried.NO_MORE]
    again = opened(tmp_path)
    assert again.enter(MEDIUM, code(), NOW) is Tried.NO_MORE
    assert again.enter(MEDIUM, code(-1), NOW - HOUR_MS) is Tried.NO_MORE
    # Nobody is asked for what would be refused; of another medium, or an hour later, a code may be right.
    asked = [again.may_try(MEDIUM, NOW), again.may_try(OTHER, NOW), again.may_try(MEDIUM, NOW + HOUR_MS)]
    assert asked == [False, True, True]
    assert again.enter(MEDIUM, code(1), NOW + HOUR_MS) is Tried.RIGHT


def test_what_is_no_code_costs_no_try(tmp_path: Path) -> None:
    unlocking = opened(tmp_path)
    for typed in ("", "1234567", "123456789", "none of it", "１２３４５６７８") * TRIES:
        assert unlocking.enter(MEDIUM, typed, NOW) is Tried.NO_CODE
    assert unlocking.enter(MEDIUM, f" {code()[:4]}-{code()[4:]} ", NOW) is Tried.RIGHT
    for _ in range(TRIES):
        unlocking.enter(OTHER, "00000000", NOW)
    assert unlocking.enter(OTHER, "1", NOW) is Tried.NO_MORE


def test_a_serial_number_counts_in_any_case_and_gets_no_tries_of_its_own_by_it(tmp_path: Path) -> None:
    unlocking = opened(tmp_path)
    as_typed, as_reported = replace(MEDIUM, serial="4c53aa01"), replace(MEDIUM, serial="4C53AA01")
    assert unlocking.enter(as_reported, code(serial=as_typed.serial), NOW) is Tried.RIGHT
    assert unlocking.until(as_typed, NOW) == NOW + UNLOCKED_MS
    for serial in ("ab-cd", "AB-CD", "Ab-Cd", "aB-cD", "aB-CD"):
        unlocking.enter(replace(MEDIUM, serial=serial), "00000000", NOW)
    again = unlocking.enter(replace(MEDIUM, serial="AB-cd"), code(serial="AB-CD"), NOW)
    assert again is Tried.NO_MORE


def test_nothing_is_permitted_after_a_restart(tmp_path: Path) -> None:
    assert opened(tmp_path).enter(MEDIUM, code(), NOW) is Tried.RIGHT
    assert opened(tmp_path).until(MEDIUM, NOW) == 0


def test_without_a_secret_or_a_serial_number_no_code_counts(tmp_path: Path) -> None:
    unlocking = Unlocking(Kept(file_in(tmp_path)), "AV-1")
    assert not unlocking.may_try(MEDIUM, NOW)
    assert unlocking.enter(MEDIUM, code(), NOW) is Tried.CANNOT
    unlocking.secret_is(b"short")
    assert not unlocking.may_try(MEDIUM, NOW)
    unlocking.secret_is(KEY)
    assert unlocking.enter(replace(MEDIUM, serial=""), code(), NOW) is Tried.CANNOT
