"""Beats of one process fall together, and none comes later than was asked."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.clock import in_step

NOW = st.floats(0, 10**7)


@given(now=NOW, seconds=st.floats(2, 3600))
def test_a_beat_ends_with_a_whole_step_and_never_late(now: float, seconds: float) -> None:
    wait = in_step(now, seconds)
    assert seconds - 2.001 <= wait <= seconds + 0.001
    assert abs((now + wait) / 2 - round((now + wait) / 2)) < 0.001


@given(now=NOW, seconds=st.floats(0, 1.999))
def test_what_is_shorter_than_a_step_is_left_as_it_is(now: float, seconds: float) -> None:
    assert in_step(now, seconds) == seconds
