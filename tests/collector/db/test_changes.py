"""Counters in the store, and a watch that follows what another process changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from lamplighter_collector.db.changes import ChangeWatch, bump, revisions
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.errors import StoreUnavailable
from sqlalchemy import Engine

from tests.support.collector import ORGANISATION


def change(engine: Engine, kind: Any = "devices", organisation: str = ORGANISATION) -> None:
    with engine.begin() as connection:
        bump(connection, organisation, kind)


@asynccontextmanager
async def watching(url: str, *subscriptions: tuple[Any, Callable[[], object]]) -> AsyncIterator[ChangeWatch]:
    reader = Reader(url)
    watch = ChangeWatch(reader, ORGANISATION)
    for kind, changed in subscriptions:
        watch.subscribe(kind, changed)
    await watch.start()
    try:
        yield watch
    finally:
        await watch.stop()
        reader.close()


def test_each_kind_of_each_organisation_counts_for_itself(engine: Engine) -> None:
    change(engine)
    change(engine)
    change(engine, "people")
    change(engine, "bundles", "Elsewhere")
    with engine.begin() as connection:
        assert revisions(connection, ORGANISATION) == {"devices": 2, "people": 1}
        assert revisions(connection, "Elsewhere") == {"bundles": 1}


def test_what_was_rolled_back_was_no_change(engine: Engine) -> None:
    with engine.begin() as connection:
        bump(connection, ORGANISATION, "devices")
        connection.rollback()
    with engine.begin() as connection:
        assert revisions(connection, ORGANISATION) == {}


async def test_only_who_subscribed_to_the_kind_is_called_and_once(engine: Engine, store_url: str) -> None:
    change(engine, "people")
    calls: list[str] = []

    def broken() -> None:
        calls.append("broken")
        raise ValueError

    async with watching(
        store_url,
        ("devices", broken),
        ("devices", lambda: calls.append("devices")),
        ("people", lambda: calls.append("people")),
    ) as watch:
        await watch.look()
        assert calls == []
        change(engine)
        change(engine)
        await watch.look()
        await watch.look()
    assert calls == ["broken", "devices"]


async def test_another_process_is_noticed_by_itself(store_url: str) -> None:
    noticed = asyncio.Event()
    async with watching(store_url, ("people", noticed.set)):
        console = writing_engine(store_url)
        change(console, "people")
        console.dispose()
        async with asyncio.timeout(5):
            await noticed.wait()


class Failing:
    """A reader whose store is away for a while."""

    def __init__(self, answers: list[dict[str, int] | None]) -> None:
        self.answers = answers

    async def read(self, _query: object) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise StoreUnavailable("gone")
        return answer


async def test_a_store_that_is_away_ends_no_watch() -> None:
    noticed = asyncio.Event()
    watch = ChangeWatch(Failing([{"devices": 1}, None, None, {"devices": 2}]), ORGANISATION)
    watch.subscribe("devices", noticed.set)
    await watch.start()
    async with asyncio.timeout(5):
        await noticed.wait()
    await watch.stop()


async def test_a_store_that_can_not_be_read_is_named_at_the_start() -> None:
    with pytest.raises(StoreUnavailable):
        await ChangeWatch(Failing([None]), ORGANISATION).start()
