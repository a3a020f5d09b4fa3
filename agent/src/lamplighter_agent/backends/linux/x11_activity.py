"""How long ago a key was pressed on an X11 display, by the server's own counter.

The SYNC extension (X Synchronization Extension Protocol 3.1) has system counters; `DEVICEIDLETIME 3` is that
of the virtual core keyboard, whose device number is always 3, in milliseconds. A pointer that moves does not
touch it. Only that somebody types is asked here, never what or how.
"""

import struct
from typing import Any, Final

from Xlib.error import ConnectionClosedError, DisplayError, XError
from Xlib.protocol import rq

from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.linux.power import slept_seconds

_COUNTER: Final = b"DEVICEIDLETIME 3"
_ENTRY: Final = struct.Struct("=IiIH")
_BROKEN: Final = (DisplayError, ConnectionClosedError, XError, OSError, struct.error)


class _Initialize(rq.ReplyRequest):  # type: ignore[misc]  # python-xlib has no types
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(0),
        rq.RequestLength(),
        rq.Card8("major_version"),
        rq.Card8("minor_version"),
        rq.Pad(2),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card8("major_version"),
        rq.Card8("minor_version"),
        rq.Pad(22),
    )


class _ListSystemCounters(rq.ReplyRequest):  # type: ignore[misc]  # python-xlib has no types
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(1), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("count"),
        rq.Pad(20),
        rq.Binary("counters"),
    )


class _QueryCounter(rq.ReplyRequest):  # type: ignore[misc]  # python-xlib has no types
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card32("counter"))
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Int32("high"),
        rq.Card32("low"),
        rq.Pad(16),
    )


class X11Activity:
    """Asks one display; connects at the first question and again after a break. Used on one thread."""

    def __init__(self, display_name: str) -> None:
        self._display_name = display_name
        self._display: Any = None
        self._opcode = 0
        self._counter = 0

    def keyboard_idle_ms(self) -> int | None:
        """Return the milliseconds since the last key; None where the display does not tell."""
        try:
            if self._display is None:
                self._open()
            if not self._counter:
                return None
            asked = _QueryCounter(display=self._display.display, opcode=self._opcode, counter=self._counter)
            return (int(asked.high) << 32) + int(asked.low)
        except _BROKEN:
            self.close()
            return None

    def slept_seconds(self) -> float:
        """Return how long the device was suspended since it was switched on."""
        return slept_seconds()

    def close(self) -> None:
        """Let go of the display."""
        display, self._display = self._display, None
        self._counter = 0
        if display is not None:
            close(display)

    def _open(self) -> None:
        self._display = display = connect(self._display_name)
        # Not has_extension: python-xlib answers that for the ones that it has code for.
        found = display.query_extension("SYNC")
        if found is None:
            return
        self._opcode = found.major_opcode
        _Initialize(display=display.display, opcode=self._opcode, major_version=3, minor_version=1)
        listed = _ListSystemCounters(display=display.display, opcode=self._opcode)
        self._counter = _number_of(_COUNTER, bytes(listed.counters), listed.count)


def _number_of(name: bytes, listed: bytes, count: int) -> int:
    """Find a counter in the list of all; 0 where there is none. Each is padded to four bytes."""
    at = 0
    for _ in range(count):
        number, _, _, length = _ENTRY.unpack_from(listed, at)
        begin = at + _ENTRY.size
        if listed[begin : begin + length] == name:
            return int(number)
        at = begin + length + -(_ENTRY.size + length) % 4
    return 0
