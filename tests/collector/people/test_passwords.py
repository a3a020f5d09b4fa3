import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from lamplighter_collector.errors import AccountRefused, Busy
from lamplighter_collector.people.passwords import (
    HASHER,
    MOST_CHARACTERS,
    PasswordCheck,
    generated,
    hashed,
    verified,
)

from tests.support.signed_in import CHEAP

PASSWORD = "lantern-harbour-quiet-7"
HASH = hashed(PASSWORD, CHEAP)


@pytest.fixture
async def new_check() -> AsyncIterator[Callable[..., PasswordCheck]]:
    made: list[PasswordCheck] = []

    def new(*arguments: Callable[[str, str], bool]) -> PasswordCheck:
        made.append(PasswordCheck(*arguments))
        return made[-1]

    yield new
    for check in made:
        await asyncio.to_thread(check.close)


def test_stored_hashes_cost_64_mebibytes_and_three_passes() -> None:
    assert (HASHER.memory_cost, HASHER.time_cost) == (64 * 1024, 3)
    assert hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_password_and_no_other_belongs_to_its_hash() -> None:
    assert verified(HASH, PASSWORD)
    assert not verified(HASH, PASSWORD + " ")
    assert not verified(HASH, "")


def test_two_ways_of_writing_a_letter_are_one() -> None:
    assert verified(hashed("caf\u00e9-caf\u00e9-caf\u00e9", CHEAP), "cafe\u0301-cafe\u0301-cafe\u0301")


@pytest.mark.parametrize("hash_", ["", "x", "$argon2id$v=19$m=65536", "$2b$12$abc"])
def test_a_damaged_hash_matches_nothing(hash_: str) -> None:
    assert not verified(hash_, PASSWORD)


@pytest.mark.parametrize("password", ["", "eleven-char", "x" * (MOST_CHARACTERS + 1), "\ud800" * 12])
def test_an_unfit_password_is_refused_without_being_quoted(password: str) -> None:
    with pytest.raises(AccountRefused) as caught:
        hashed(password, CHEAP)
    assert "eleven" not in str(caught.value)


def test_generated_passwords_are_fit_and_differ() -> None:
    passwords = {generated() for _ in range(100)}
    assert len(passwords) == 100
    for password in passwords:
        assert len(password) == 23
        assert not set(password) & set("ilo01")


@pytest.mark.parametrize("password", ["x" * 1_000_000, "nul\0nul", "\ud800", "' OR 1=1 --", "<b>"])
async def test_hostile_passwords_are_wrong_and_nothing_else(
    new_check: Callable[..., PasswordCheck], password: str
) -> None:
    assert not await new_check().matches(HASH, password)


async def test_an_unknown_login_costs_the_same_work(new_check: Callable[..., PasswordCheck]) -> None:
    asked: list[str] = []

    def counting(hash_: str, password: str) -> bool:
        asked.append(hash_)
        return verified(hash_, password)

    check = new_check(counting)
    assert await check.matches(HASH, PASSWORD)
    assert not await check.matches(None, PASSWORD)
    known, nobodys = asked
    assert known == HASH
    assert nobodys.startswith("$argon2id$v=19$m=65536,t=3,")


async def test_nobodys_hash_opens_nothing(new_check: Callable[..., PasswordCheck]) -> None:
    assert not await new_check(lambda _hash, _password: True).matches(None, PASSWORD)


async def test_the_loop_goes_on_and_a_crowd_is_told_to_wait(
    new_check: Callable[..., PasswordCheck],
) -> None:
    go_on = threading.Event()

    def slow(_hash: str, _password: str) -> bool:
        return go_on.wait(10)

    check = new_check(slow)
    waiting = [asyncio.create_task(check.matches(HASH, PASSWORD)) for _ in range(32)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await check.matches(HASH, PASSWORD)
    go_on.set()
    assert all(await asyncio.gather(*waiting))
    assert await check.matches(HASH, PASSWORD)
