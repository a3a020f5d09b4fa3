import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.people.accounts import Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.directory import Directory
from lamplighter_collector.people.roles import Role
from sqlalchemy import Connection, Engine
from structlog.testing import capture_logs

from tests.support.waiting import wait_for

_T = TypeVar("_T")


class Following:
    """A directory whose user waits for new routes."""

    def __init__(self, engine: Engine, accounts: Accounts, reader: Reader) -> None:
        self.engine = engine
        self.used: asyncio.Queue[Routes] = asyncio.Queue()
        self.turns = 0
        self.directory = Directory(accounts, reader, self._transact, use=self.used.put_nowait)

    async def _transact(self, action: Callable[[Connection], _T]) -> _T:
        self.turns += 1
        with self.engine.begin() as connection:
            return action(connection)

    async def next(self) -> Routes:
        return await asyncio.wait_for(self.used.get(), 10)


@pytest.fixture
async def following(engine: Engine, store_url: str, accounts: Accounts) -> AsyncIterator[Following]:
    reader = Reader(store_url)
    following = Following(engine, accounts, reader)
    await following.directory.start()
    yield following
    await following.directory.stop()
    await asyncio.to_thread(reader.close)


async def test_routes_are_there_at_the_start_and_follow_a_change(
    following: Following, accounts: Accounts
) -> None:
    subject = accounts.subject_of("walder")
    assert (await following.next()).audience(UserKind.PUPIL, subject) is Audience.DSL
    links = (Link(device_account="walder", relation=Relation.SELF),)
    new = NewAccount(login="wren", name="Wren", roles=frozenset({Role.DSL}), password="$none", links=links)
    with following.engine.begin() as connection:
        accounts.add(connection, new, actor="console")
    following.directory.changed()
    assert (await following.next()).audience(UserKind.PUPIL, subject) is Audience.HEAD


async def test_a_store_that_does_not_answer_is_asked_again(following: Following) -> None:
    await following.next()
    with following.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE accounts RENAME TO away")
    with capture_logs() as log:
        following.directory.changed()
        await asyncio.to_thread(wait_for, lambda: log, "a word of the failure")
    assert log[0]["event"] == "directory-not-read"
    with following.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO accounts")
    assert await following.next() == Routes()
