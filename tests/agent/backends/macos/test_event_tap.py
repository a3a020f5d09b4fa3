"""What the contract of key sources does not say of the event tap."""

from lamplighter_agent.backends.macos.event_tap import EventTap
from lamplighter_agent.backends.ports import KeyPress
from lamplighter_agent.errors import BackendUnavailable

from tests.support.fakes.mac import MacKeyboard, PretendedMac
from tests.support.sensed import eventually


async def test_what_comes_through_in_spite_of_secure_input_is_dropped() -> None:
    mac, presses = PretendedMac(), list[KeyPress]()
    tap, keyboard = EventTap(mac.opens), MacKeyboard(mac)
    await tap.start(presses.append, lambda _: None)
    mac.secure = True
    keyboard.tap("x")
    # The question is put when the press is handled: let that happen first.
    await eventually(lambda: mac.secure_asked, "the question")
    mac.secure = False
    keyboard.tap("o")
    await eventually(lambda: presses, "the ordinary key")
    assert [press.text for press in presses] == ["o"]
    await tap.stop()


async def test_a_tap_that_is_switched_off_is_a_failure_that_names_its_remedy() -> None:
    mac, problems = PretendedMac(), list[BackendUnavailable]()
    tap = EventTap(mac.opens)
    await tap.start(lambda _: None, problems.append)
    mac.switch_tap_off()
    await eventually(lambda: problems, "the failure")
    assert "too slow" in problems[0].reason
    assert "Input Monitoring" in problems[0].remedy
    assert mac.listeners == 0
    await tap.stop()


async def test_presses_of_an_earlier_start_are_not_heard_by_the_next() -> None:
    mac, earlier, later = PretendedMac(), list[KeyPress](), list[KeyPress]()
    tap, keyboard = EventTap(mac.opens), MacKeyboard(mac)
    await tap.start(earlier.append, lambda _: None)
    keyboard.tap("x")
    await tap.stop()
    await tap.start(later.append, lambda _: None)
    keyboard.tap("o")
    await eventually(lambda: later, "the key of the second start")
    assert (earlier, [press.text for press in later]) == ([], ["o"])
    await tap.stop()
