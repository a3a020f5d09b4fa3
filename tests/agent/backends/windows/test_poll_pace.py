"""How often the foreground window is looked for."""

from lamplighter_agent.backends.windows.poll_pace import FAST_S, SLOW_S, PollPace


def test_it_is_quick_until_an_event_proves_itself() -> None:
    pace = PollPace()
    assert pace.wait_s == FAST_S
    pace.told(changed=False)
    assert pace.wait_s == FAST_S
    pace.told(changed=True)
    assert pace.wait_s == SLOW_S


def test_it_is_quick_again_when_an_event_was_missing() -> None:
    pace = PollPace()
    pace.told(changed=True)
    pace.looked(changed=False)
    assert pace.trusted
    pace.looked(changed=True)
    assert pace.wait_s == FAST_S
