"""Connections that are refused or have ended leave nothing open (an unclosed socket is an error here)."""

import gc

import pytest
from lamplighter_agent.backends.linux._xlib import close, connect
from Xlib import Xatom
from Xlib.error import BadValue, DisplayConnectionError

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


def test_a_value_that_the_server_refuses_is_an_error_of_the_library() -> None:
    """The title grew shorter between two reads of it: python-xlib's RandR part could not make this error."""
    with running_desktop(bus=False, window_manager=False) as bare:
        display = connect(bare.display_name)
        try:
            root = display.screen().root
            atom = display.intern_atom("_LAMPLIGHTER_TEST")
            root.change_property(atom, Xatom.STRING, 8, b"short")
            with pytest.raises(BadValue):
                root.get_property(atom, Xatom.STRING, 100, 1)
        finally:
            close(display)
