from concurrent.futures import ThreadPoolExecutor

from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.people.attempts import (
    count_attempt,
    forget,
    limits_of,
    locked_now,
    take_back,
    unlock,
)
from lamplighter_collector.people.models import sign_in_attempts
from sqlalchemy import Engine, text

from tests.collector.postgresql import Cluster
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION
from tests.support.waiting import wait_for

NOW = 1_795_248_000_000
MINUTE = 60_000


def attempt(
    engine: Engine,
    *,
    login: str = "login",
    address: str = "address",
    at: int = NOW,
    organisation: str = ORGANISATION,
    browser: str = "",
) -> bool:
    limits = limits_of(login=login, address=address, browser=browser)
    with engine.begin() as connection:
        return count_attempt(connection, organisation, limits, now_ms=at).allowed


def test_five_attempts_at_one_login_and_no_sixth(engine: Engine) -> None:
    assert [attempt(engine) for _ in range(7)] == [True] * 5 + [False] * 2
    assert attempt(engine, login="another")
    assert attempt(engine, organisation="Another School")


def test_two_collectors_count_the_first_attempts_of_a_minute_at_once(cluster: Cluster) -> None:
    url = cluster.url(cluster.new_database())
    mine, theirs, watching = (writing_engine(url) for _ in range(3))
    migrate(mine)
    limits = limits_of(login="login", address="address", browser="")

    def waits() -> bool:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        with watching.begin() as connection:
            return bool(connection.scalar(query))

    with ThreadPoolExecutor(1) as threads, mine.connect() as first:
        assert count_attempt(first, ORGANISATION, limits, now_ms=NOW).allowed
        second = threads.submit(attempt, theirs)
        wait_for(waits, "the second collector waiting for the first")
        first.commit()
        assert second.result()
    assert {count for (count,) in rows(mine, sign_in_attempts, "count")} == {2}
    for engine in (mine, theirs, watching):
        engine.dispose()


def test_twenty_attempts_from_one_address(engine: Engine) -> None:
    assert all(attempt(engine, login=f"login{number}") for number in range(20))
    assert not attempt(engine, login="login20")
    assert attempt(engine, login="login20", address="elsewhere")


def test_refused_attempts_do_not_prolong_the_wait(engine: Engine) -> None:
    for _ in range(5):
        attempt(engine)
    for minute in range(1, 15):
        assert not attempt(engine, at=NOW + minute * MINUTE)
    assert attempt(engine, at=NOW + 15 * MINUTE)


def test_attempts_on_both_sides_of_a_full_quarter_of_an_hour_count_together(engine: Engine) -> None:
    quarter = NOW - NOW % (15 * MINUTE)
    assert [attempt(engine, at=quarter - 1) for _ in range(5)] == [True] * 5
    assert not attempt(engine, at=quarter + 1)


def test_a_success_gives_its_attempts_back_and_nobody_elses(engine: Engine) -> None:
    for _ in range(5):
        attempt(engine)
    attempt(engine, address="elsewhere")
    limits = limits_of(login="login", address="address", browser="")
    with engine.begin() as connection:
        take_back(connection, ORGANISATION, limits, now_ms=NOW)
        forget(connection, ORGANISATION, limits)
    assert rows(engine, sign_in_attempts, "key", "count") == [
        ("address", 4),
        ("elsewhere", 1),
        ("login", 5),
        ("login.elsewhere", 1),
    ]
    assert attempt(engine)


def test_who_guesses_locks_out_themselves_and_a_known_browser_never(engine: Engine) -> None:
    assert [attempt(engine, address="guesser") for _ in range(6)] == [True] * 5 + [False]
    assert attempt(engine)
    for number in range(60):
        attempt(engine, address=f"guesser{number}")
    assert not attempt(engine, address="new")
    assert [attempt(engine, browser="known") for _ in range(6)] == [True] * 5 + [False]


def test_locks_are_counted_and_ended(engine: Engine) -> None:
    for login in ("login", "log", "log2"):
        for _ in range(5):
            attempt(engine, login=login)
    with engine.begin() as connection:
        assert locked_now(connection, ORGANISATION, now_ms=NOW) == 3
        assert locked_now(connection, "Another School", now_ms=NOW) == 0
        assert locked_now(connection, ORGANISATION, now_ms=NOW + 15 * MINUTE) == 0
        unlock(connection, ORGANISATION, "log")
        assert locked_now(connection, ORGANISATION, now_ms=NOW) == 2
        unlock(connection, ORGANISATION)
        assert locked_now(connection, ORGANISATION, now_ms=NOW) == 0


def test_a_clock_that_was_set_back_locks_nobody_out(engine: Engine) -> None:
    for _ in range(5):
        attempt(engine, at=NOW + 365 * 24 * 60 * MINUTE)
    assert attempt(engine, at=NOW)


def test_old_attempts_are_swept_away(engine: Engine) -> None:
    attempt(engine)
    attempt(engine, at=NOW + 15 * MINUTE)
    assert [window for (window,) in rows(engine, sign_in_attempts, "window")] == [
        (NOW + 15 * MINUTE) // MINUTE
    ] * 3
