"""Which compositor shows a display, asked of a real X server."""

import pytest
from lamplighter_agent.backends.linux._compositor import APART, UNKNOWN, compositor_of, path_of
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop


def test_a_display_s_name_may_be_a_path() -> None:
    assert path_of("wayland-0", "/run/user/1000") == "/run/user/1000/wayland-0"
    assert path_of("/elsewhere/wayland-0", "/run/user/1000") == "/elsewhere/wayland-0"


def test_another_window_manager_is_none_of_them(desktop: Desktop) -> None:
    """Openbox is one that names itself, and no compositor of Wayland."""
    display = connect(desktop.display_name)
    for known, reason in ((("Mutter",), UNKNOWN), (("Openbox",), APART)):
        with pytest.raises(BackendUnavailable, match=reason) as refused:
            compositor_of(display, "/nowhere/wayland-0", known)
        assert refused.value.remedy
    close(display)
