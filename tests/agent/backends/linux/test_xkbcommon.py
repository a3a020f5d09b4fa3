"""The raw calls, on a real display."""

import pytest
from lamplighter_agent.backends.linux import _xkbcommon
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop

A_KEY = 38


def test_a_key_in_the_layout_of_the_moment(desktop: Desktop) -> None:
    keymap = _xkbcommon.Keymap(_xkbcommon.load(), desktop.display_name, "C")
    try:
        assert keymap.composes
        assert keymap.press(A_KEY, 0) == (ord("a"), "a")
        assert keymap.press(A_KEY, 1) == (ord("A"), "A")
        desktop.set_layout("ru")
        keymap.reload()
        assert keymap.press(A_KEY, 0)[1] == "ф"
    finally:
        keymap.close()
        desktop.set_layout("us")
    keymap.close()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_missing_library_is_named(place: int) -> None:
    names = list(_xkbcommon.NAMED_LIBRARIES)
    names[place] = "libabsent.so.9"
    with pytest.raises(BackendUnavailable) as missing:
        _xkbcommon.load((names[0], names[1], names[2]))
    assert "libabsent.so.9" in missing.value.reason


def test_a_display_that_is_not_there() -> None:
    with pytest.raises(BackendUnavailable):
        _xkbcommon.Keymap(_xkbcommon.load(), ":4711", "C")
