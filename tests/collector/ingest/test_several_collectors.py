"""Two collectors on one PostgreSQL, and one whose PostgreSQL dies under it."""

import asyncio
import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from lamplighter_collector.db.changes import ChangeWatch
from lamplighter_collector.db.driver import transaction
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.ingest.arrival import Arrival, Key
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.ingest.writer import Fate
from lamplighter_collector.review.models import incidents
from sqlalchemy import Engine, event

from tests.collector.items import LAPTOP, PRIVACY, arrival, loss_arrival
from tests.collector.postgresql import Cluster
from tests.collector.stores import register, rows
from tests.collector.writing import running
from tests.support.collector import ORGANISATION
from tests.support.sensed import eventually


@pytest.fixture
def pair(cluster: Cluster) -> Iterator[tuple[Engine, Engine]]:
    """The writing engines of two collectors."""
    url = cluster.url(cluster.new_database())
    engines = writing_engine(url), writing_engine(url)
    yield engines
    for engine in engines:
        engine.dispose()


def crowd(size: int) -> list[Arrival]:
    return [arrival(user=f"pupil{number % 7}", severity=1 + number % 5) for number in range(size)]


@pytest.mark.parametrize("size", [1, 40, 1500])
def test_the_same_items_at_once_are_stored_once(pair: tuple[Engine, Engine], size: int) -> None:
    start = threading.Barrier(2)
    for attempt in range(5):
        items = [*crowd(size), *(loss_arrival() for _ in range(3))]

        def deliver(engine: Engine, order: int, items: list[Arrival] = items) -> list[tuple[Key, bool]]:
            mine = random.Random(order).sample(items, len(items))
            start.wait(timeout=10)
            return list(zip((item.key for item in mine), SqlStore(engine).accept(mine), strict=True))

        with ThreadPoolExecutor(2) as threads:
            both = list(threads.map(deliver, pair, (2 * attempt, 2 * attempt + 1)))
        new = [key for answers in both for key, new in answers if new]
        assert sorted(new) == sorted(item.key for item in items)
    assert len(rows(pair[0], detections)) == 5 * size
    counted = sum(1 for (incident,) in rows(pair[0], detections, "incident") if incident)
    assert sum(sightings for (sightings,) in rows(pair[0], incidents, "sightings")) == counted


def test_one_that_stores_what_we_just_looked_up_is_noticed(pair: tuple[Engine, Engine]) -> None:
    """We look up what is known and find the second unknown; before we write it, the other collector does."""
    mine, theirs = pair
    first, second, third = crowd(3)
    SqlStore(theirs).accept([first])
    looked = iter([second])

    @event.listens_for(mine, "checkout")
    def _other_first(*_about: object) -> None:
        for item in looked:
            SqlStore(theirs).accept([item])

    assert SqlStore(mine).accept([first, second, third]) == [False, False, True]


def test_revisions_become_visible_in_their_order(pair: tuple[Engine, Engine], cluster: Cluster) -> None:
    mine, theirs = pair
    url = mine.url.render_as_string()
    reader = reading_engine(url)
    with ThreadPoolExecutor(1) as threads:
        with transaction(mine) as cursor:
            SqlStore(mine)._write(cursor, [arrival(user="one")])
            late = threads.submit(SqlStore(theirs).accept, [arrival(user="other")])
            cluster.wait_for_lock(url)
            assert rows(reader, incidents) == []
        assert late.result(timeout=30) == [True]
    named = [PRIVACY.subject_of(user) for user in ("one", "other")]
    assert rows(reader, incidents, "revision", "subject") == list(enumerate(named, start=1))
    reader.dispose()


async def test_a_page_of_one_collector_hears_of_what_the_other_stores(pair: tuple[Engine, Engine]) -> None:
    reader = Reader(pair[0].url.render_as_string())
    watch = ChangeWatch(reader, ORGANISATION)
    heard: list[int] = []
    watch.subscribe("incidents", lambda: heard.append(1))
    await watch.look()
    heard.clear()
    SqlStore(pair[1]).accept([arrival()])
    await watch.look()
    await watch.look()
    assert len(heard) == 1
    reader.close()


@pytest.mark.kill
@pytest.mark.timeout(400)
async def test_nothing_acknowledged_is_lost_when_the_server_is_killed(cluster: Cluster) -> None:
    """Its processes are killed while they commit: the whole server goes down and recovers by itself."""
    url = cluster.url(cluster.new_database())
    engine = writing_engine(url)
    acknowledged: list[Key] = []
    refused = 0

    async def grown(most: int) -> None:
        # Until it is back the server reads all that it wrote, with its disk shared by others.
        await eventually(lambda: len(acknowledged) >= most, f"{most} acknowledged", seconds=60)

    register(engine, LAPTOP)
    async with running(SqlStore(engine)) as writer:

        async def deliver(until: asyncio.Event) -> None:
            nonlocal refused
            while not until.is_set():
                items = crowd(20)
                while True:
                    try:
                        fates = await writer.submit(items, LAPTOP)
                    except StoreUnavailable:
                        refused += 1
                        await asyncio.sleep(0.02)
                    else:
                        break
                assert Fate.NOT_STORABLE not in fates
                acknowledged.extend(item.key for item in items)

        for _ in range(3):
            before, enough = len(acknowledged), asyncio.Event()
            load = [asyncio.create_task(deliver(enough)) for _ in range(4)]
            await grown(before + 400)
            os.kill(cluster.backend_of(url), signal.SIGKILL)
            down = len(acknowledged)
            await grown(down + 400)
            enough.set()
            await asyncio.gather(*load)
    assert refused
    stored = {(*rest, bytes(id_)) for *rest, id_ in rows(engine, detections, "organisation", "device", "id")}
    assert set(acknowledged) <= stored
    assert len(acknowledged) == len(set(acknowledged))
    engine.dispose()
