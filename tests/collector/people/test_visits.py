from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.people.accounts import Accounts, NewAccount
from lamplighter_collector.people.models import web_sessions
from lamplighter_collector.people.roles import Role
from lamplighter_collector.people.sessions import open_session
from lamplighter_collector.people.visits import Visits
from sqlalchemy import Connection, Engine

from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

MINUTE = 60_000
_T = TypeVar("_T")


class School:
    """An account, its visits, and a store that may refuse to write."""

    def __init__(self, engine: Engine, accounts: Accounts, reader: Reader) -> None:
        self.engine = engine
        self.accounts = accounts
        self.is_full = False
        self.visits = Visits(accounts, reader, self._transact)
        new = NewAccount(login="wren", name="Wren", roles=frozenset({Role.DSL}), password="$none")
        with engine.begin() as connection:
            self.account = accounts.add(connection, new, actor="console")

    async def _transact(self, action: Callable[[Connection], _T]) -> _T:
        if self.is_full:
            raise StoreUnavailable("disk full")
        with self.engine.begin() as connection:
            return action(connection)

    def cookie(self, *, minutes_ago: int = 0) -> str:
        with self.engine.begin() as connection:
            at = now_ms() - minutes_ago * MINUTE
            return open_session(connection, ORGANISATION, self.account, now_ms=at)[0]

    def seen_at(self) -> int:
        ((seen,),) = rows(self.engine, web_sessions, "seen_at")
        return int(seen)


@pytest.fixture
def school(engine: Engine, store_url: str, accounts: Accounts) -> Iterator[School]:
    reader = Reader(store_url)
    yield School(engine, accounts, reader)
    reader.close()


async def test_a_visit_is_session_and_person(school: School) -> None:
    visit = await school.visits.of(school.cookie())
    assert visit is not None
    assert (visit.person.account, visit.person.name) == (school.account, "Wren")
    assert await school.visits.of("forged") is None


async def test_use_is_noted_once_a_minute(school: School) -> None:
    cookie = school.cookie(minutes_ago=10)
    before = school.seen_at()
    await school.visits.of(cookie)
    noted = school.seen_at()
    assert noted > before
    await school.visits.of(cookie)
    assert school.seen_at() == noted


async def test_a_full_disk_keeps_nobody_from_reading(school: School) -> None:
    cookie = school.cookie(minutes_ago=10)
    school.is_full = True
    assert await school.visits.of(cookie) is not None


async def test_a_stream_that_stays_open_is_no_use_and_ends_with_the_session(school: School) -> None:
    visit = await school.visits.of(school.cookie(minutes_ago=14))
    assert visit is not None
    seen = school.seen_at()
    with school.engine.begin() as connection:
        assert school.visits.again(connection, visit) is not None
    assert school.seen_at() == seen
    with school.engine.begin() as connection:
        school.accounts.give_roles(connection, "wren", [Role.DEPUTY], actor="console")
        assert school.visits.again(connection, visit) is None


async def test_a_closed_account_visits_no_more(school: School) -> None:
    cookie = school.cookie()
    with school.engine.begin() as connection:
        school.accounts.disable(connection, "wren", actor="console")
    assert await school.visits.of(cookie) is None
