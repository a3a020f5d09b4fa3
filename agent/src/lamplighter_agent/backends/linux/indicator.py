"""The permanent sign on X11: a strip at the top of the screen that cannot be told to hide.

There is no setting, argument or environment variable that makes the strip smaller, later or absent; where
it cannot be shown, `start` raises and nothing is sensed. Other programs of the session can still take it
away, since X11 keeps nobody from another's window. Then three things happen: it is reported at once, it is
put right, and it counts as shown again only after it has stayed in sight for a while, longer when it was
lost repeatedly. So a program that hides it over and over can't keep the sensors running between two blinks.
And each time that a program ends it, which nothing does in passing, that is told, however soon it is back.
Where the whole display ended, nobody did: that is known when it can't be opened again.

Everything is driven by the server's events; while all is well no timer runs.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from Xlib import error

from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._xstrip import ConnectionLost, Hidden, XStrip
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable

# Looking costs a few round trips; a window dragged over the screen makes hundreds of events.
LOOK_EVERY_S = 0.05
# At most ten attempts a second, then slower: a lock screen raises itself too, and must win.
REPAIR_EVERY_S = 0.1
QUICK_REPAIRS = 10
SLOWEST_REPAIR_S = 5.0
# How long it must be in sight before it counts as shown again: after a first loss, and after repeated ones.
SETTLE_S = 0.1
SETTLE_LONG_S = 1.0
FEW_LOSSES = 2
FORGIVEN_AFTER_S = 10.0
RECONNECT_S = 1.0
OTHER_SESSION = 'Choose "Sway" or one with "Xorg" or "X11" at the login screen.'
# Nothing is wrong with the device where a display ended that was there a moment before.
ENDED = Hidden.NO_DISPLAY.value
AGAIN = "it is tried again by itself"
# A display name that is no name at all ends in errors of the socket's own.
_NO_DISPLAY = (error.DisplayError, error.XauthError, ConnectionLost, OSError, ValueError, OverflowError)


class X11Indicator:
    """Keeps the strip in sight. Fulfils IndicatorPort; every method runs on the event loop's thread."""

    def __init__(self, sign: Sign, *, display_name: str | None = None) -> None:
        """Take what to show; `display_name` None means $DISPLAY."""
        self._sign = sign
        self._told = Told(organisation=sign.organisation, language=sign.language)
        self._display_name = display_name
        self._changed: Callable[[bool, str], None] = lambda _shown, _reason: None
        self._strip: XStrip | None = None
        # Whether a strip was ever there.
        self._reached = False
        # None: shown. Before the first look nothing has been reported.
        self._reported: Hidden | bool | None = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._looked_at = self._repaired_at = self._lost_at = float("-inf")
        self._losses = self._repairs = 0
        # Our connection ended, and whether the display did is not known yet.
        self._cut_off = False

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = changed
        self._strip = self._connect()
        if self._loop.time() - self._lost_at > FORGIVEN_AFTER_S:
            self._reported = False
        elif isinstance(self._reported, Hidden):
            # A new start does not wipe out that it was lost just before.
            self._report(self._reported)
        self._look()

    def says(self, *, on: bool, rests_until: str = "") -> None:
        told = replace(self._told, on=on, rests_until=rests_until)
        if told == self._told:
            return
        self._told = told
        if self._strip is not None:
            try:
                self._strip.says(told)
            except ConnectionLost:
                self._connection_lost()
            else:
                self._take_what_was_read()

    async def stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._disconnect()

    def _connect(self) -> XStrip:
        try:
            strip = self._open(self._told)
        except _NO_DISPLAY as reason:
            if self._cut_off and not isinstance(reason, ConnectionLost):
                self._cut_off = False
                self._lost(Hidden.NO_DISPLAY)
            raise (self._ended() if self._reached else self._unavailable()) from reason
        if strip.on_xwayland():
            strip.close()
            raise BackendUnavailable(
                "indicator",
                "this is a Wayland session, where a strip can't be kept on top",
                OTHER_SESSION,
            )
        self._reached = True
        for descriptor in strip.descriptors:
            self._loop.add_reader(descriptor, self._readable)
        if self._cut_off:
            self._cut_off = False
            self._sign.ended()
        return strip

    def _open(self, told: Told) -> XStrip:
        return XStrip(told, self._display_name)

    def _ended(self) -> BackendUnavailable:
        return BackendUnavailable("indicator", ENDED, AGAIN)

    def _unavailable(self) -> BackendUnavailable:
        """Say why no display was ever opened."""
        return BackendUnavailable(
            "indicator",
            "no X11 display can be opened",
            OTHER_SESSION,
        )

    def _disconnect(self) -> None:
        if self._strip is not None:
            for descriptor in self._strip.descriptors:
                self._loop.remove_reader(descriptor)
            self._strip.close()
            self._strip = None

    def _readable(self) -> None:
        if self._strip is None:
            return
        try:
            happened = self._strip.drain()
        except ConnectionLost:
            self._connection_lost()
            return
        if happened.clicked:
            self._sign.clicked()
        if happened.helped:
            self._sign.help_clicked()
        if happened.look:
            self._look_soon()

    def _look_soon(self) -> None:
        wait = self._looked_at + LOOK_EVERY_S - self._loop.time()
        if wait <= 0:
            self._look()
        else:
            self._later("look", wait, self._look)

    def _look(self) -> None:
        self._looked_at = self._loop.time()
        if self._strip is None:
            return
        try:
            hidden = self._strip.inspect()
            if hidden is not None:
                self._lost(hidden)
                hidden = self._repair(self._strip, hidden)
        except ConnectionLost:
            self._connection_lost()
            return
        if hidden is None:
            self._in_sight()
        self._take_what_was_read()

    def _take_what_was_read(self) -> None:
        """Have events handled that came with replies: the descriptor does not tell of them any more."""
        self._loop.call_soon(self._readable)

    def _lost(self, hidden: Hidden) -> None:
        now = self._loop.time()
        self._cancel("settle")
        if now - self._lost_at > FORGIVEN_AFTER_S:
            self._losses = self._repairs = 0
        self._lost_at = now
        if self._reported != hidden:
            self._losses += self._reported is None
            self._report(hidden)

    def _repair(self, strip: XStrip, hidden: Hidden) -> Hidden | None:
        """Put it right if the last attempt is long enough ago, else later; returns what is still wrong."""
        slower = max(0, self._repairs - QUICK_REPAIRS)
        pause = min(SLOWEST_REPAIR_S, REPAIR_EVERY_S * 2 ** min(slower, 10))
        wait = self._repaired_at + pause - self._loop.time()
        if wait <= 0:
            self._repairs += 1
            self._repaired_at = self._loop.time()
            if hidden is Hidden.DESTROYED:
                self._sign.ended()
            strip.repair(hidden)
            still = strip.inspect()
            if still is None:
                return None
            wait = pause
        self._later("look", wait, self._look)
        return hidden

    def _in_sight(self) -> None:
        if self._reported is False:
            self._report(None)
        elif self._reported is not None and "settle" not in self._timers:
            calm = SETTLE_S if self._losses <= FEW_LOSSES else SETTLE_LONG_S
            self._later("settle", calm, self._settled)

    def _settled(self) -> None:
        if self._strip is None:
            return
        try:
            hidden = self._strip.inspect()
        except ConnectionLost:
            self._connection_lost()
            return
        if hidden is None:
            self._report(None)
            self._take_what_was_read()
        else:
            self._look()

    def _connection_lost(self) -> None:
        self._disconnect()
        self._cut_off = True
        self._lost(Hidden.DISCONNECTED)
        self._later("reconnect", RECONNECT_S, self._reconnect)

    def _reconnect(self) -> None:
        try:
            self._strip = self._connect()
        except BackendUnavailable:
            self._later("reconnect", RECONNECT_S, self._reconnect)
        else:
            self._look()

    def _report(self, hidden: Hidden | None) -> None:
        self._reported = hidden
        self._changed(hidden is None, "" if hidden is None else hidden.value)

    def _later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        self._cancel(name)

        def due() -> None:
            self._timers.pop(name, None)
            call()

        self._timers[name] = self._loop.call_later(seconds, due)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
