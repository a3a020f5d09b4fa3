"""Counts and states, never words."""

from lamplighter_agent.health import Count, DeliveryState, Health

from tests.support.clock import MORNING, SteppedClock


def test_counts_begin_at_nothing_and_add_up() -> None:
    health = Health(SteppedClock())
    assert set(health.figures().counts.values()) == {0}
    health.count(Count.STORED)
    health.count(Count.STORED, 4)
    assert health.figures().counts["stored"] == 5


def test_a_delivery_is_dated_and_a_failure_has_its_reason() -> None:
    health = Health(SteppedClock())
    assert health.figures().last_delivered_at is None
    health.count(Count.DUPLICATE)
    health.delivery_is(DeliveryState.WAITING, "no connection to the collector")
    figures = health.figures()
    assert figures.last_delivered_at == MORNING
    assert (figures.delivery, figures.delivery_problem) == ("waiting", "no connection to the collector")
