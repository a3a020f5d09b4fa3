from lamplighter_collector.people.attempts import MOST_PER_ADDRESS, MOST_PER_LOGIN, count_attempt, forgive
from lamplighter_collector.people.models import sign_in_attempts
from sqlalchemy import Engine

from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

NOW = 1_795_248_000_000
MINUTE = 60_000


def attempt(
    engine: Engine,
    *,
    login: str = "login",
    address: str = "address",
    at: int = NOW,
    organisation: str = ORGANISATION,
) -> bool:
    limits = {login: MOST_PER_LOGIN, address: MOST_PER_ADDRESS}
    with engine.begin() as connection:
        return count_attempt(connection, organisation, limits, now_ms=at)


def test_five_attempts_at_one_login_and_no_sixth(engine: Engine) -> None:
    assert [attempt(engine) for _ in range(7)] == [True] * 5 + [False] * 2
    assert attempt(engine, login="another")
    assert attempt(engine, organisation="Another School")


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


def test_a_success_gives_the_login_back_and_the_address_one(engine: Engine) -> None:
    for _ in range(5):
        attempt(engine)
    with engine.begin() as connection:
        forgive(connection, ORGANISATION, login="login", address="address", now_ms=NOW)
    assert rows(engine, sign_in_attempts, "key", "count") == [("address", 4)]
    assert attempt(engine)


def test_a_clock_that_was_set_back_locks_nobody_out(engine: Engine) -> None:
    for _ in range(5):
        attempt(engine, at=NOW + 365 * 24 * 60 * MINUTE)
    assert attempt(engine, at=NOW)


def test_old_attempts_are_swept_away(engine: Engine) -> None:
    attempt(engine)
    attempt(engine, at=NOW + 15 * MINUTE)
    assert [window for (window,) in rows(engine, sign_in_attempts, "window")] == [
        (NOW + 15 * MINUTE) // MINUTE
    ] * 2
