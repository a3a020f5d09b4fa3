from lamplighter_agent.backends.linux.power import running_seconds, slept_seconds


def test_sleep_is_counted_from_the_kernels_clocks() -> None:
    first = slept_seconds()
    assert first > -1
    assert slept_seconds() - first < 1


def test_the_running_time_goes_on() -> None:
    assert 0 < running_seconds() <= running_seconds()
