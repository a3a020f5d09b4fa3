"""What the contract of foreground windows does not say of titles by accessibility."""

from lamplighter_agent.backends.macos.ax_foreground import TITLE_LIMIT, AxForeground
from lamplighter_agent.backends.macos.system import FrontWindow
from lamplighter_agent.backends.ports import Foreground
from lamplighter_agent.errors import BackendUnavailable

from tests.support.fakes.mac import PretendedMac
from tests.support.sensed import aside, eventually


def window(title: str) -> FrontWindow:
    return FrontWindow(number=1, title=title, pid=9, bundle="example.editor")


async def test_a_title_of_a_megabyte_is_cut() -> None:
    mac, seen = PretendedMac(), list[Foreground | None]()
    mac.put_in_front(window("t" * 1_000_000))
    source = AxForeground(mac.opens)
    await source.start(seen.append, lambda _: None)
    assert seen[0] is not None
    assert len(seen[0].title) == TITLE_LIMIT
    await source.stop()


async def test_a_permission_that_was_withdrawn_is_noticed_by_the_next_check() -> None:
    mac, problems = PretendedMac(), list[BackendUnavailable]()
    mac.put_in_front(window("harbour"))
    source = AxForeground(mac.opens)
    await source.start(lambda _: None, problems.append)
    mac.granted = False
    assert source.check().window_id is None
    assert source.check().window_id is None
    assert len(problems) == 1
    assert "Accessibility" in problems[0].remedy
    assert mac.listeners == 0


async def test_a_window_that_was_left_and_is_back_unseen_has_the_keys_from_now_on_only() -> None:
    mac, seen = PretendedMac(), list[Foreground | None]()
    mac.put_in_front(window("harbour"))
    source = AxForeground(mac.opens)
    await source.start(seen.append, lambda _: None)
    # Another one was in front, and the news of both came when the first was back.
    between = mac.now_ms()
    await aside(mac.tell_windows)
    await eventually(lambda: len(seen) == 2, "news of the focus")
    assert seen[0] is not None
    assert seen[1] is not None
    assert seen[0].since_ms < between < seen[1].since_ms
    await source.stop()


async def test_a_title_alone_keeps_the_time_from_which_the_window_has_the_keys() -> None:
    mac, seen = PretendedMac(), list[Foreground | None]()
    mac.put_in_front(window("harbour"))
    source = AxForeground(mac.opens)
    await source.start(seen.append, lambda _: None)
    await aside(mac.retitle, "harbour (changed)")
    await eventually(lambda: len(seen) == 2, "the title")
    assert seen[0] is not None
    assert seen[1] is not None
    assert (seen[1].since_ms, seen[1].title) == (seen[0].since_ms, "harbour (changed)")
    await source.stop()
