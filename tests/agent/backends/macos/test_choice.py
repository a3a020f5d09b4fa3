"""A Mac's session as a whole, sensed on a pretended one: words, titles, and a secret field's silence."""

from lamplighter_agent.backends.macos import choice
from lamplighter_agent.backends.macos.system import FrontWindow
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.observation import Observation, TypedText, WindowTitle
from lamplighter_agent.sensing.desktop import DesktopSensing

from tests.support.fakes.mac import MacKeyboard, PretendedMac
from tests.support.reports import Reports
from tests.support.sensed import aside, eventually


def sensing(mac: PretendedMac, seen: list[Observation]) -> DesktopSensing:
    return DesktopSensing(
        choice.ports(mac.opens),
        clock=SystemClock(),
        sink=seen.append,
        unseen=lambda *_: None,
        changed=lambda: None,
    )


async def test_fields_and_titles_are_sensed_and_a_secret_field_is_not() -> None:
    mac, seen = PretendedMac(), list[Observation]()
    keyboard = MacKeyboard(mac)
    mac.put_in_front(FrontWindow(number=1, title="harbour", pid=7, bundle="example.editor"))
    mac.give_focus("essay", "AXTextArea")
    desk = sensing(mac, seen)
    await desk.start()
    for key in ("a", "b", "space"):
        await aside(keyboard.tap, key)
    await eventually(lambda: any(isinstance(one, TypedText) for one in seen), "the word")
    await aside(mac.give_focus, "password", "AXTextField", "AXSecureTextField")
    for key in ("x", "y", "space"):
        await aside(keyboard.tap, key)
    await aside(mac.give_focus, "essay", "AXTextArea")
    for key in ("c", "d", "space"):
        await aside(keyboard.tap, key)
    await eventually(lambda: "cd" in "".join(_typed(seen)), "the next word")
    await desk.stop()
    assert "x" not in "".join(_typed(seen))
    assert [one.title for one in seen if isinstance(one, WindowTitle)] == ["harbour"]


async def test_terminals_say_why_their_keys_are_not_read() -> None:
    desk = sensing(PretendedMac(), [])
    await desk.start()
    keys = next(state for state in desk.states() if state.sensor == "keys in terminals")
    assert (keys.working, keys.reason) == (False, choice.NO_TERMINALS)
    await desk.stop()


async def test_the_item_in_the_menu_bar_is_in_the_session_s_language() -> None:
    mac = PretendedMac()
    lamp = choice.indicator(Sign(organisation="Larkhill", language="cy_GB.UTF-8"), mac.opens)
    await lamp.start(Reports())
    assert mac.lamp is not None
    assert mac.lamp.words.help == "Mae angen help arna i"
    await lamp.stop()


def _typed(seen: list[Observation]) -> list[str]:
    return [one.text for one in seen if isinstance(one, TypedText)]
