import threading

from lamplighter_collector.db.driver import transaction
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.revisions import last_revision, next_revision, take_revision
from sqlalchemy import Engine

from tests.collector.postgresql import Cluster


def seen(url: str, organisation: str) -> int:
    reader = reading_engine(url, connections=1)
    with reader.begin() as connection:
        revision = last_revision(connection, organisation)
    reader.dispose()
    return revision


def test_each_organisation_counts_by_itself(engine: Engine, store_url: str) -> None:
    assert seen(store_url, "one") == 0
    with transaction(engine) as cursor:
        assert [next_revision(cursor, "one"), next_revision(cursor, "one")] == [1, 2]
        assert next_revision(cursor, "other") == 1
        assert seen(store_url, "one") == 0
    with engine.begin() as connection:
        assert take_revision(connection, "one") == 3
    assert (seen(store_url, "one"), seen(store_url, "other")) == (3, 1)


def test_what_is_rolled_back_is_taken_again(engine: Engine) -> None:
    with engine.connect() as connection:
        assert take_revision(connection, "one") == 1
        connection.rollback()
        assert take_revision(connection, "one") == 1


def test_the_next_collector_waits_until_the_number_before_is_to_be_seen(cluster: Cluster) -> None:
    url = cluster.url(cluster.new_database())
    mine, theirs = writing_engine(url), writing_engine(url)
    took: list[tuple[int, int]] = []

    def take() -> None:
        with transaction(theirs) as cursor:
            revision = next_revision(cursor, "one")
            took.append((revision, seen(url, "one")))

    other = threading.Thread(target=take)
    with transaction(mine) as cursor:
        assert next_revision(cursor, "one") == 1
        other.start()
        cluster.wait_for_lock(url)
        assert took == []
    other.join(timeout=30)
    assert took == [(2, 1)]
    mine.dispose()
    theirs.dispose()
