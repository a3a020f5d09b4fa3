"""A mouse for a sway without devices: the wlr-virtual-pointer protocol, spoken on its socket."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.sway import SCREEN

_DISPLAY, _REGISTRY = 1, 2
_NAME = "zwlr_virtual_pointer_manager_v1"
_LEFT = 0x110


class VirtualPointer:
    """One mouse. It exists, and its seat can point, until its connection ends."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._last = _REGISTRY
        self._rest = b""
        self._send(_DISPLAY, 1, struct.pack("<I", _REGISTRY))
        name = self._synced()[_NAME]
        manager = self._new()
        self._send(_REGISTRY, 0, struct.pack("<I", name) + _text(_NAME) + struct.pack("<II", 1, manager))
        self._pointer = self._new()
        self._send(manager, 0, struct.pack("<II", 0, self._pointer))
        self._synced()

    def click(self, x: int, y: int) -> None:
        """Move to a point of the screen, and press and let go the left button."""
        self._send(self._pointer, 1, struct.pack("<IIIII", 0, x, y, *SCREEN))
        self._send(self._pointer, 4, b"")
        self._synced()
        for pressed in (1, 0):
            self._send(self._pointer, 2, struct.pack("<III", 0, _LEFT, pressed))
            self._send(self._pointer, 4, b"")
            self._synced()

    def _new(self) -> int:
        """Return the number of an object to come; Wayland wants them without gaps."""
        self._last += 1
        return self._last

    def _send(self, receiver: int, operation: int, body: bytes) -> None:
        self._socket.sendall(struct.pack("<IHH", receiver, operation, 8 + len(body)) + body)

    def _synced(self) -> dict[str, int]:
        """Wait until sway has done all that was asked; return what it has told of what there is."""
        asked = self._new()
        self._send(_DISPLAY, 0, struct.pack("<I", asked))
        found: dict[str, int] = {}
        while True:
            sender, operation, body = self._event()
            assert (sender, operation) != (_DISPLAY, 0), "sway refused what was asked"
            if sender == _REGISTRY and operation == 0:
                name, length = struct.unpack_from("<II", body)
                found[body[8 : 7 + length].decode()] = name
            elif sender == asked:
                return found

    def _event(self) -> tuple[int, int, bytes]:
        head = self._read(8)
        sender, operation, size = struct.unpack("<IHH", head)
        return sender, operation, self._read(size - 8)

    def _read(self, count: int) -> bytes:
        while len(self._rest) < count:
            more = self._socket.recv(65536)
            assert more, "sway ended the connection"
            self._rest += more
        found, self._rest = self._rest[:count], self._rest[count:]
        return found


def _text(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)


@contextmanager
def virtual_pointer(environment: dict[str, str]) -> Iterator[VirtualPointer]:
    """Plug one in at the compositor that this environment names."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(Path(environment["XDG_RUNTIME_DIR"]) / environment["WAYLAND_DISPLAY"]))
        yield VirtualPointer(connection)
