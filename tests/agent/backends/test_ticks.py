"""Times that wrap at 2**32."""

import pytest
from lamplighter_agent.backends.ticks import elapsed_ms, is_after


@pytest.mark.parametrize(("earlier", "later", "gap"), [(1, 5, 4), (5, 1, -4), (2**32 - 2, 3, 5)])
def test_they_wrap(earlier: int, later: int, gap: int) -> None:
    assert elapsed_ms(earlier, later) == gap
    assert is_after(earlier, later) is (gap > 0)


def test_the_same_tick_is_not_surely_after() -> None:
    assert not is_after(7, 7)
