"""Connections that are refused or have ended leave nothing open (an unclosed socket is an error here)."""

import gc

import pytest
from lamplighter_agent.backends.linux._xlib import close, connect
from Xlib.error import DisplayConnectionError

from installers.quickstart.virtual_desktop.desktop import running_desktop


def test_a_refused_connection() -> None:
    with pytest.raises(DisplayConnectionError):
        connect(":4711")
    gc.collect()


def test_a_connection_whose_server_went_first() -> None:
    with running_desktop(bus=False, window_manager=False) as bare:
        display = connect(bare.display_name)
    close(display)
    close(display)
    gc.collect()
