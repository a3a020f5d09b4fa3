"""pynput on a real display: the labelled fallback keeps the contract, shortfalls included."""

from collections.abc import Iterator

import pytest
from lamplighter_agent.backends.linux.pynput_keys import PynputKeys
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.contracts.key_source import Heard, KeySourceContract
from tests.support.keyboard import RealKeyboard
from tests.support.sensed import eventually


@pytest.fixture
def _own_display(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", desktop.display_name)


class TestPynputKeys(KeySourceContract):
    @pytest.fixture
    def source(self, desktop: Desktop, _own_display: None) -> PynputKeys:
        return PynputKeys(desktop.display_name)

    @pytest.fixture
    def keyboard(self, desktop: Desktop) -> Iterator[RealKeyboard]:
        with RealKeyboard(desktop) as keyboard:
            yield keyboard


@pytest.mark.usefixtures("_own_display")
async def test_the_display_of_another_process_is_refused() -> None:
    with pytest.raises(BackendUnavailable) as refused:
        await PynputKeys(":4711").start(Heard().sink, lambda _: None)
    assert refused.value.remedy


async def test_a_display_that_ends_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard()
    with running_desktop(bus=False, window_manager=False) as bare:
        monkeypatch.setenv("DISPLAY", bare.display_name)
        source = PynputKeys(bare.display_name)
        await source.start(heard.sink, heard.problems.append)
    await eventually(lambda: heard.problems, "the end of the display")
    await source.stop()
