import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.accounts import Accounts, NewAccount
from lamplighter_collector.people.models import sign_in_attempts, web_sessions
from lamplighter_collector.people.passwords import PasswordCheck, hashed, verified
from lamplighter_collector.people.roles import Role
from lamplighter_collector.people.sign_in import (
    Attempt,
    Outcome,
    SignedIn,
    SignIn,
    TooMany,
    WrongCredentials,
)
from sqlalchemy import Connection, Engine

from tests.collector.stores import rows
from tests.support.signed_in import CHEAP, PASSWORD

LOGIN = "wren@marrowby.example"
_T = TypeVar("_T")


class Entrance:
    """The sign-in of one school over a store, with every check of a password counted."""

    def __init__(self, engine: Engine, accounts: Accounts, seals: Seals) -> None:
        self.engine = engine
        self.accounts = accounts
        self.asked: list[str] = []
        self.between: Callable[[], None] = lambda: None
        self.check = PasswordCheck(self._verify)
        self.sign_in = SignIn(accounts, seals, self._transact, self.check)

    def _verify(self, hash_: str, password: str) -> bool:
        self.asked.append(hash_)
        self.between()
        return verified(hash_, password)

    async def _transact(self, action: Callable[[Connection], _T]) -> _T:
        with self.engine.begin() as connection:
            return action(connection)

    async def attempt(
        self,
        login: str = LOGIN,
        password: str = PASSWORD,
        *,
        address: str = "192.0.2.1",
        replaces: str = "",
        known: str = "",
    ) -> Outcome:
        attempt = Attempt(
            login=login, password=password, address=address, known=known, replaces=replaces or None
        )
        return await self.sign_in.sign_in(attempt)


@pytest.fixture
async def entrance(engine: Engine, accounts: Accounts, seals: Seals) -> AsyncIterator[Entrance]:
    with engine.begin() as connection:
        new = NewAccount(
            login=LOGIN, name="Wren Alder", roles=frozenset({Role.DSL}), password=hashed(PASSWORD, CHEAP)
        )
        accounts.add(connection, new, actor="console")
    entrance = Entrance(engine, accounts, seals)
    yield entrance
    await asyncio.to_thread(entrance.check.close)


async def test_the_right_password_begins_a_session_and_is_on_record(entrance: Entrance) -> None:
    outcome = await entrance.attempt()
    assert isinstance(outcome, SignedIn)
    assert outcome.person.name == "Wren Alder"
    account = outcome.person.account
    assert rows(entrance.engine, audit, "number", "actor", "role", "verb", "object")[-1] == (
        2,
        account,
        "dsl",
        "signed-in",
        account,
    )
    assert set(rows(entrance.engine, sign_in_attempts, "count")) == {(0,)}
    assert PASSWORD not in repr(outcome)
    assert outcome.cookie not in repr(outcome)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        (LOGIN, "wrong"),
        (LOGIN, ""),
        (LOGIN, PASSWORD.upper()),
        ("unknown", PASSWORD),
        ("", ""),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("\0", "\0"),
        ("\ud800", "\ud800"),
        ("x" * 1_000_000, "x" * 1_000_000),
    ],
    ids=lambda text: ascii(text[:12]),
)
async def test_anything_else_is_wrong_and_costs_one_check(
    entrance: Entrance, login: str, password: str
) -> None:
    assert isinstance(await entrance.attempt(login, password), WrongCredentials)
    assert len(entrance.asked) == 1
    assert rows(entrance.engine, web_sessions) == []
    assert rows(entrance.engine, audit, "number", "actor", "verb")[-1] == (2, "collector", "sign-in-refused")


async def test_a_closed_account_is_checked_like_an_unknown_one(entrance: Entrance) -> None:
    with entrance.engine.begin() as connection:
        entrance.accounts.disable(connection, LOGIN, actor="console")
    assert isinstance(await entrance.attempt(), WrongCredentials)
    (asked,) = entrance.asked
    assert "m=65536,t=3" in asked


@pytest.mark.parametrize("change", ["disable", "password"])
async def test_an_account_that_changed_while_its_password_was_checked_stays_outside(
    entrance: Entrance, change: str
) -> None:
    def meanwhile() -> None:
        with entrance.engine.begin() as connection:
            if change == "disable":
                entrance.accounts.disable(connection, LOGIN, actor="console")
            else:
                entrance.accounts.set_password(connection, LOGIN, "$other", actor="console")

    entrance.between = meanwhile
    assert isinstance(await entrance.attempt(), WrongCredentials)
    assert rows(entrance.engine, web_sessions) == []


async def test_the_sixth_attempt_is_not_checked_even_with_the_right_password(entrance: Entrance) -> None:
    for _ in range(5):
        assert isinstance(await entrance.attempt(password="wrong"), WrongCredentials)
    assert isinstance(await entrance.attempt(), TooMany)
    assert len(entrance.asked) == 5
    verbs = [verb for _, verb in rows(entrance.engine, audit, "number", "verb")]
    assert verbs.count("sign-in-locked") == 1
    known = rows(entrance.engine, audit)
    await entrance.attempt()
    assert rows(entrance.engine, audit) == known


async def test_a_pupil_who_knows_the_login_keeps_nobody_out(entrance: Entrance) -> None:
    before = await entrance.attempt()
    assert isinstance(before, SignedIn)
    for number in range(60):
        await entrance.attempt(password="wrong", address=f"192.0.2.{number}")
    assert isinstance(await entrance.attempt(address="198.51.100.9"), TooMany)
    assert isinstance(await entrance.attempt(known=before.known), SignedIn)
    with entrance.engine.begin() as connection:
        entrance.accounts.unlock(connection, LOGIN, actor="console")
    assert isinstance(await entrance.attempt(address="198.51.100.9"), SignedIn)


async def test_a_new_password_ends_the_lock(entrance: Entrance) -> None:
    for _ in range(6):
        outcome = await entrance.attempt(password="wrong")
    assert isinstance(outcome, TooMany)
    with entrance.engine.begin() as connection:
        entrance.accounts.set_password(connection, LOGIN, hashed(PASSWORD, CHEAP), actor="console")
    assert isinstance(await entrance.attempt(), SignedIn)


async def test_guesses_sent_at_once_are_counted_one_by_one(entrance: Entrance) -> None:
    outcomes = await asyncio.gather(*(entrance.attempt(password="wrong") for _ in range(20)))
    assert sum(isinstance(outcome, WrongCredentials) for outcome in outcomes) == 5
    assert len(entrance.asked) == 5


async def test_an_address_that_tries_many_logins_is_stopped(entrance: Entrance) -> None:
    for number in range(20):
        await entrance.attempt(f"login{number}", "wrong")
    assert isinstance(await entrance.attempt(), TooMany)
    assert isinstance(await entrance.attempt(address="198.51.100.9"), SignedIn)


async def test_the_session_that_the_browser_had_ends(entrance: Entrance) -> None:
    first = await entrance.attempt()
    assert isinstance(first, SignedIn)
    second = await entrance.attempt(replaces=first.session.id)
    assert isinstance(second, SignedIn)
    assert rows(entrance.engine, web_sessions, "id") == [(second.session.id,)]


async def test_signing_out_ends_the_session_and_is_on_record(entrance: Entrance) -> None:
    outcome = await entrance.attempt()
    assert isinstance(outcome, SignedIn)
    await entrance.sign_in.sign_out(outcome.session, outcome.person)
    assert rows(entrance.engine, web_sessions) == []
    assert rows(entrance.engine, audit, "number", "verb")[-1] == (3, "signed-out")
