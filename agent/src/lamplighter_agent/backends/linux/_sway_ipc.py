"""One connection to sway's IPC socket: its own messages, no program in between.

A message is "i3-ipc", the length and the kind in the machine's byte order, then JSON; an event's kind has the
highest bit set. Questions wait for the answer, at most a second. Whatever is not sway's protocol is taken for
a lost connection.
"""

import contextlib
import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lamplighter_agent.backends.linux._rect import Rect

RUN_COMMAND, SUBSCRIBE, GET_TREE = 0, 2, 4
WINDOW = 0x80000003
MAGIC = b"i3-ipc"
ANSWER_S = 1.0
# A tree is some KiB; nothing larger is taken into memory.
LONGEST = 16 << 20
_HEADER = struct.Struct("=6sII")
# No title is read beyond it.
TITLE_LIMIT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of sway's tree, as far as we use it; what is missing or of another form is empty."""

    id: int
    kind: str
    title: str = field(repr=False)
    pid: int | None
    # The number of its X11 window, where XWayland shows it.
    x_window: int | None
    window_class: str
    visible: bool
    focused: bool
    rectangle: Rect
    tiled: "tuple[Node, ...]"
    # The last is on top.
    floating: "tuple[Node, ...]"

    def walk(self) -> "Iterator[Node]":
        yield self
        for child in (*self.tiled, *self.floating):
            yield from child.walk()


class SwayIpc:
    """A connected socket. Every method raises `ConnectionError` once the compositor does not answer."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_S)
        self._arrived = bytearray()
        try:
            self._socket.connect(path)
        except (OSError, ValueError) as error:
            self._socket.close()
            raise ConnectionError("the compositor's socket does not answer") from error
        self.descriptor = self._socket.fileno()

    def ask(self, kind: int, body: str = "") -> Any:
        """Send one message and return the answer to it."""
        told = body.encode()
        with _lost():
            self._socket.sendall(_HEADER.pack(MAGIC, len(told), kind) + told)
            while True:
                for answered, answer in self._messages():
                    if answered == kind:
                        return answer
                self._take(self._socket.recv(65536))

    def tree(self) -> Node:
        """Return the root of all outputs, workspaces and windows."""
        return node_of(self.ask(GET_TREE))

    def subscribe(self, *events: str) -> None:
        """Have events told; from now on `events` is what this connection is for."""
        answer = self.ask(SUBSCRIBE, json.dumps(events))
        if not isinstance(answer, dict) or not answer.get("success"):
            raise ConnectionError("the compositor tells no events")
        self._socket.setblocking(False)

    def events(self) -> list[tuple[int, Any]]:
        """Return the events that have arrived, each as its kind and what it says, without waiting."""
        with _lost():
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._take(self._socket.recv(65536))
            return list(self._messages())

    def close(self) -> None:
        self._socket.close()

    def _take(self, data: bytes) -> None:
        if not data:
            raise ConnectionError("the compositor closed the connection")
        self._arrived += data

    def _messages(self) -> Iterator[tuple[int, Any]]:
        while len(self._arrived) >= _HEADER.size:
            magic, length, kind = _HEADER.unpack_from(self._arrived)
            if magic != MAGIC or length > LONGEST:
                raise ConnectionError("not the compositor's protocol")
            end = _HEADER.size + length
            if len(self._arrived) < end:
                return
            body = bytes(self._arrived[_HEADER.size : end])
            del self._arrived[:end]
            yield kind, json.loads(body)


def node_of(told: Any) -> Node:
    """Read a node and those below it; what is not of sway's form is empty, a tree too deep is a lost one."""
    with _lost():
        return _node(told)


def _node(told: Any) -> Node:
    told = told if isinstance(told, dict) else {}
    properties = told.get("window_properties")
    classes = (told.get("app_id"), properties.get("class") if isinstance(properties, dict) else None)
    return Node(
        id=_number(told.get("id")) or 0,
        kind=str(told.get("type", "")),
        title=str(told.get("name") or "")[:TITLE_LIMIT],
        pid=_number(told.get("pid")),
        x_window=_number(told.get("window")),
        window_class=next((str(name) for name in classes if name), ""),
        visible=told.get("visible") is True,
        focused=told.get("focused") is True,
        rectangle=_rectangle(told.get("rect")),
        tiled=_children(told.get("nodes")),
        floating=_children(told.get("floating_nodes")),
    )


def _children(told: Any) -> tuple[Node, ...]:
    return tuple(_node(child) for child in told) if isinstance(told, list) else ()


def _number(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None


def _rectangle(told: Any) -> Rect:
    values = told if isinstance(told, dict) else {}
    x, y, width, height = (
        value if isinstance(value := values.get(name), int) else 0 for name in ("x", "y", "width", "height")
    )
    return Rect(x=x, y=y, width=width, height=height)


@contextlib.contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except ConnectionError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise ConnectionError("the compositor does not answer") from error
