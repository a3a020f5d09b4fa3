"""pynput, the labelled fallback: what its contract does not say."""

import pytest
from lamplighter_agent.backends.linux.pynput_keys import PynputKeys
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop


async def test_the_display_of_another_process_is_refused(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", desktop.display_name)
    with pytest.raises(BackendUnavailable) as refused:
        await PynputKeys(":4711").start(lambda _: None, lambda _: None)
    assert "its own process's display" in refused.value.reason


def test_nothing_is_promised_beyond_plain_letters() -> None:
    assert PynputKeys(":4711").capabilities == frozenset()
