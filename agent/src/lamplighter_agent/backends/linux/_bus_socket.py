"""One connection to a message bus that can be asked without a turn of the event loop.

dbus-fast's own connections answer only while the loop runs. Who must know what the bus has told by now asks
the bus itself something: it delivers in order, so what any program told before lies before the answer.
Only the bus is ever waited for, never a program on it.
"""

import os
import re
import select
import socket
import time
from collections import deque
from typing import Any, Final
from urllib.parse import unquote

from dbus_fast import Message, MessageType
from dbus_fast.aio.message_reader import build_message_reader
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._dbus import DBUS_OBJECT, Target, message_of

ANSWER_S: Final = 1.0
# So many reads at a time, for a program may tell without end.
READS: Final = 64
_ADDRESS: Final = re.compile(r"unix:(?:.*,)?(path|abstract)=([^,;]+)")
_LONGEST_LINE: Final = 1024


class BusSocket:
    """A connected socket that has said hello. Every method raises ConnectionError once the bus is gone."""

    def __init__(self, address: str) -> None:
        self._arrived: deque[Message] = deque()
        self._serial = 0
        self._ended = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.descriptor = self._socket.fileno()
        try:
            self._socket.settimeout(ANSWER_S)
            self._socket.connect(_place(address))
            self._authenticate()
            self._socket.setblocking(False)
            self._read = build_message_reader(self._socket, self._arrived.append, self._on_end, False)
            self.ask("Hello")
        except (OSError, ValueError, DBusError) as error:
            self._socket.close()
            raise ConnectionError("the message bus does not answer") from error

    def ask(self, member: str, signature: str = "", body: list[Any] | None = None) -> list[Any]:
        """Call a method of the bus itself and wait for its answer; an error for an answer is a DBusError."""
        serial = self.post(DBUS_OBJECT, member, signature, body)
        end = time.monotonic() + ANSWER_S
        while True:
            reply = next((message for message in self._arrived if message.reply_serial == serial), None)
            if reply is not None:
                self._arrived.remove(reply)
                if reply.message_type is MessageType.ERROR:
                    raise DBusError(reply.error_name or "org.freedesktop.DBus.Error.Failed", "")
                return list(reply.body)
            if not self._wait(end - time.monotonic()):
                raise ConnectionError("the message bus does not answer")

    def post(self, target: Target, member: str, signature: str = "", body: list[Any] | None = None) -> int:
        """Call a method; return the serial that its answer will name."""
        self._serial += 1
        message = message_of(target, member, signature, body, serial=self._serial)
        try:
            # A call is some hundred bytes: a bus that has no room for it takes nothing any more.
            self._socket.sendall(message._marshall(False))  # noqa: SLF001 - the library's own way is not public
        except OSError as error:
            raise ConnectionError("the message bus takes no call") from error
        return self._serial

    def taken(self) -> list[Message]:
        """Return what has arrived, without waiting."""
        for _ in range(READS):
            if not self._wait(0):
                break
        messages = list(self._arrived)
        self._arrived.clear()
        return messages

    def close(self) -> None:
        self._socket.close()

    def _wait(self, seconds: float) -> bool:
        """Read once something can be read; False when nothing came in time."""
        if self._ended:
            raise ConnectionError("the message bus closed the connection")
        try:
            ready = select.poll()
            ready.register(self._socket, select.POLLIN)
            if not ready.poll(max(0, round(seconds * 1000))):
                return False
        except ValueError as error:
            raise ConnectionError("the connection is closed") from error
        self._read()
        return True

    def _on_end(self, _reason: Exception | None) -> None:
        self._ended = True

    def _authenticate(self) -> None:
        """Say who we are; the bus compares it with the kernel's word."""
        self._socket.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        line = b""
        while not line.endswith(b"\r\n"):
            piece = self._socket.recv(_LONGEST_LINE)
            line += piece
            if not piece or len(line) > _LONGEST_LINE:
                raise ConnectionError("this is no message bus")
        if not line.startswith(b"OK "):
            raise ConnectionError("the message bus does not know us")
        self._socket.sendall(b"BEGIN\r\n")


def _place(address: str) -> str:
    """Return the socket that an address names first; raise ValueError where it names none."""
    found = _ADDRESS.match(address.split(";", maxsplit=1)[0])
    if found is None:
        raise ValueError("no socket is named")
    place = unquote(found[2])
    return f"\0{place}" if found[1] == "abstract" else place
