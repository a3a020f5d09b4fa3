"""What python-xlib leaves to its callers: a right table of errors, and the sockets of ended connections."""

import contextlib
import re
import socket
from typing import Any

from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayConnectionError, xerror_class
from Xlib.protocol.display import Display as shared  # noqa: N813 - only its table
from Xlib.protocol.event import event_class

_LOCAL = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")


def connect(display_name: str) -> Any:
    """Open a display; raise `Xlib.error.DisplayError` where there is none.

    A local display is knocked at first: python-xlib forgets the socket of a connection that is refused.
    """
    local = _LOCAL.fullmatch(display_name)
    if local and not _answers(f"/tmp/.X11-unix/X{local[1]}"):  # noqa: S108 - where X servers listen
        raise DisplayConnectionError(display_name, "nobody listens")
    return opened(display_name)


def opened(display_name: str | None) -> Any:
    """Open a display whose errors are all `XError`, and which knows its own server's numbers.

    python-xlib's RandR extension puts classes of its own, which can't be made, in the place of BadRequest and
    BadValue: such as when a title grows shorter between two reads of it. And it keeps the numbers of the
    extensions' events in one table for all connections, where those of two kinds of server clash.
    """
    shared.event_classes, shared.error_classes = event_class.copy(), xerror_class.copy()
    try:
        display = Display(display_name)
        display.display.event_classes = shared.event_classes
        display.display.error_classes = shared.error_classes | xerror_class
    finally:
        shared.event_classes, shared.error_classes = event_class.copy(), xerror_class.copy()
    return display


def close(display: Any) -> None:
    """Close a connection in any state; python-xlib itself keeps the socket when the server went first."""
    with contextlib.suppress(ConnectionClosedError, OSError, AttributeError):
        display.close()
    with contextlib.suppress(OSError, AttributeError):
        display.display.socket.close()


def _answers(path: str) -> bool:
    # Linux servers listen on the path and on the abstract name of the same spelling.
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock, contextlib.suppress(OSError):
            knock.connect(address)
            return True
    return False
