from lamplighter_agent.backends.macos.activity import MacActivity


def test_it_tells_of_sleep_and_never_of_keys() -> None:
    activity = MacActivity(lambda: 9.5)
    assert activity.keyboard_idle_ms() is None
    assert activity.slept_seconds() == 9.5
    activity.close()
