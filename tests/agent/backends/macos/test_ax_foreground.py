"""What the contract of foreground windows does not say of titles by accessibility."""

from lamplighter_agent.backends.macos.ax_foreground import TITLE_LIMIT, AxForeground
from lamplighter_agent.backends.macos.system import FrontWindow
from lamplighter_agent.backends.ports import Foreground
from lamplighter_agent.errors import BackendUnavailable

from tests.support.fakes.mac import PretendedMac


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
