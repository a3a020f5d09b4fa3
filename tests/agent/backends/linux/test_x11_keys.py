"""XRecord with libxkbcommon on a real display: what its contract does not say."""

import time
from collections.abc import Iterator

import pytest
from lamplighter_agent.backends.linux.x11_keys import X11Keys
from lamplighter_agent.backends.ports import KeyCapability, KeyPress
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.keyboard import RealKeyboard
from tests.support.sensed import aside, eventually


@pytest.fixture
def keyboard(desktop: Desktop) -> Iterator[RealKeyboard]:
    with RealKeyboard(desktop) as keyboard:
        yield keyboard


async def refusal(source: X11Keys) -> BackendUnavailable:
    with pytest.raises(BackendUnavailable) as refused:
        await source.start(lambda _: None, lambda _: None)
    assert refused.value.remedy
    return refused.value


async def test_missing_library_is_named_with_its_remedy(desktop: Desktop) -> None:
    names = ("libxcb.so.1", "libxkbcommon.so.0", "libxkbcommon-absent.so.0")
    problem = await refusal(X11Keys(desktop.display_name, libraries=names))
    assert "libxkbcommon-absent.so.0" in problem.reason
    assert "libxkbcommon-x11-0" in problem.remedy


async def test_missing_record_extension_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_desktop(bus=False, window_manager=False) as bare:
        # To a client that it doesn't trust, the server has no RECORD.
        cookie = bare.home / "untrusted"
        bare.run("xauth", "-f", str(cookie), "generate", bare.display_name, ".", "untrusted")
        monkeypatch.setenv("XAUTHORITY", str(cookie))
        assert "RECORD" in (await refusal(X11Keys(bare.display_name))).reason


async def test_every_capability_is_there(desktop: Desktop) -> None:
    source = X11Keys(desktop.display_name)
    await source.start(lambda _: None, lambda _: None)
    await source.stop()
    assert source.capabilities == frozenset(KeyCapability)


async def test_a_press_reaches_the_loop_quickly(desktop: Desktop, keyboard: RealKeyboard) -> None:
    arrivals: list[float] = []

    def sink(_: KeyPress) -> None:
        arrivals.append(time.monotonic())

    source = X11Keys(desktop.display_name)
    await source.start(sink, lambda _: None)
    delays = []
    for count in range(1, 41):
        pressed = time.monotonic()
        await aside(keyboard.tap, "a")
        await eventually(lambda count=count: len(arrivals) >= count, f"press {count}")  # type: ignore[misc]
        delays.append(arrivals[-1] - pressed)
    await source.stop()
    assert sorted(delays)[len(delays) // 2] < 0.02
