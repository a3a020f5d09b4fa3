"""What is said where a library of Windows is missing, which it is here."""

import pytest
from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.backends.windows.foreground import WindowsForeground
from lamplighter_agent.backends.windows.keys_hook import HookKeys
from lamplighter_agent.backends.windows.secret_field import FocusProbe
from lamplighter_agent.backends.windows.typed_text import WindowsText
from lamplighter_agent.errors import BackendUnavailable


def test_a_library_that_is_not_there_is_named_with_a_remedy() -> None:
    with pytest.raises(BackendUnavailable, match="lamplighter-nothing") as caught:
        Library("lamplighter-nothing")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "make", [WindowsForeground, HookKeys, lambda: WindowsText(HookKeys(), FocusProbe())], ids=str
)
async def test_a_backend_without_windows_refuses_and_can_be_stopped(make: type[WindowsForeground]) -> None:
    backend = make()
    told: list[object] = []
    with pytest.raises(BackendUnavailable):
        await backend.start(told.append, told.append)
    await backend.stop()
    assert told == []
