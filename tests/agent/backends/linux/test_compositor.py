"""Who made a session's displays: asked of real sockets."""

import os
import socket
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux._compositor import APART, UNKNOWN, compositor_of, listener_on, path_of
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop


def test_the_kernel_says_who_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "wayland-0")
    assert listener_on(path) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        assert listener_on(path) is None
        listener.listen(1)
        assert listener_on(path) == os.getpid()
    assert listener_on(path) is None
    assert listener_on("no\0path") is None


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
