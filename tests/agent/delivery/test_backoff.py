"""Full jitter between nothing and a limit that doubles."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings

SETTINGS = BackoffSettings(base_seconds=1, cap_seconds=60)


def highest(_: float, limit: float) -> float:
    return limit


def test_the_limit_doubles_to_the_cap_and_begins_anew() -> None:
    backoff = Backoff(SETTINGS, uniform=highest)
    assert [backoff.next() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.next() == 1


@given(st.integers(0, 200), st.none() | st.floats(0, 1000))
def test_a_wait_is_never_shorter_than_asked_nor_over_the_cap(failures: int, asked: float | None) -> None:
    backoff = Backoff(SETTINGS)
    for _ in range(failures):
        backoff.next()
    least = asked or 0.0
    assert least <= backoff.next(asked) <= least + 60


def test_waits_are_spread() -> None:
    waits = [Backoff(SETTINGS).next() for _ in range(200)]
    assert min(waits) < 0.2
    assert max(waits) > 0.8
