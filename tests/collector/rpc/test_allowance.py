import pytest
from lamplighter_collector.errors import TooManyAttempts
from lamplighter_collector.rpc.allowance import Allowance


def test_each_key_has_its_own_window() -> None:
    now = [0.0]
    allowance = Allowance(2, 60, lambda: now[0])
    allowance.take("a")
    allowance.take("a")
    allowance.take("b")
    with pytest.raises(TooManyAttempts) as refusal:
        allowance.take("a")
    assert refusal.value.retry_after_seconds == 60
    now[0] = 59.9
    with pytest.raises(TooManyAttempts) as refusal:
        allowance.check("a")
    assert refusal.value.retry_after_seconds == 1
    now[0] = 60
    allowance.take("a")


def test_checking_costs_nothing() -> None:
    allowance = Allowance(1, 60, lambda: 0.0)
    for _ in range(5):
        allowance.check("a")
    allowance.take("a")


def test_a_crowd_of_addresses_costs_bounded_memory() -> None:
    allowance = Allowance(1, 60, lambda: 0.0)
    for number in range(20_000):
        allowance.count(str(number))
    assert len(allowance._windows) == 10_000
    allowance.check("0")
    with pytest.raises(TooManyAttempts):
        allowance.check("19999")
