"""The permanent sign on Windows: a notification icon, and Windows' own word that it is there.

There is no setting that hides it. While all is well the taskbar is asked twice a second; when the icon
is gone, or the taskbar itself, that is reported at once, the icon is put back, and it counts as shown again
only when the taskbar says so twice.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from lamplighter_agent.backends.one_line import one_line
from lamplighter_agent.backends.sign import Sign

LOOK_EVERY_S = 0.5
LOOK_AGAIN_S = 0.1
# At most a minute of quick looks; a session without a taskbar is then looked at as any other.
QUICK_LOOKS = 600
# What Windows shows when the pointer rests on an icon.
TIP_LIMIT = 127
NAME_LIMIT = 70


class Icon(Protocol):
    """One icon of the taskbar."""

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        """Prepare; raise `BackendUnavailable` where there can be none. Both are called on the loop."""
        ...

    def show(self, tip: str) -> None:
        """Add it, or change its words; what became of it is `missing`'s to say."""
        ...

    def missing(self) -> str:
        """Return why it is not shown, "" where the taskbar says where it is."""
        ...

    async def close(self) -> None: ...


class WindowsIndicator:
    """Keeps the icon there. Fulfils IndicatorPort; every method runs on the event loop's thread."""

    def __init__(self, icon: Icon, sign: Sign) -> None:
        """Take the icon and what to show; its language is not heeded yet."""
        self._icon = icon
        self._sign = sign
        self._on = False
        self._rests_until = ""
        self._changed: Callable[[bool, str], None] = lambda _shown, _reason: None
        self._reported = ""
        self._timer: asyncio.TimerHandle | None = None
        self._opened = False
        self._in_sight = self._quick = 0

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        self._changed = changed
        await self._icon.open(self._sign.clicked, self._sign.help_clicked)
        self._opened = True
        self._icon.show(self._words())
        self._reported = self._icon.missing()
        self._in_sight = self._quick = 0
        changed(not self._reported, self._reported)
        self._arm()

    def says(self, *, on: bool, rests_until: str = "") -> None:
        if (on, rests_until) == (self._on, self._rests_until):
            return
        self._on, self._rests_until = on, rests_until
        if self._opened:
            self._icon.show(self._words())

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._opened:
            self._opened = False
            await self._icon.close()

    def _words(self) -> str:
        return tip(self._sign.organisation, on=self._on, rests_until=self._rests_until)

    def _look(self) -> None:
        missing = self._icon.missing()
        if missing:
            self._in_sight = 0
            if missing != self._reported:
                self._report(missing)
            self._icon.show(self._words())
        elif self._reported:
            self._in_sight += 1
            if self._in_sight > 1:
                self._report("")
        self._arm()

    def _report(self, missing: str) -> None:
        self._reported = missing
        self._quick = 0
        self._changed(not missing, missing)

    def _arm(self) -> None:
        self._quick += 1
        quick = self._reported and self._quick <= QUICK_LOOKS
        wait = LOOK_AGAIN_S if quick else LOOK_EVERY_S
        self._timer = asyncio.get_running_loop().call_later(wait, self._look)


def tip(organisation: str, *, on: bool, rests_until: str = "") -> str:
    """Return the icon's words, never longer than Windows shows."""
    if on:
        name = one_line(organisation)
        short = name if len(name) <= NAME_LIMIT else name[: NAME_LIMIT - 3].rstrip() + "..."
        return f"Lamplighter is on: this device belongs to {short or 'your school'}."[:TIP_LIMIT]
    rests = one_line(rests_until)[:NAME_LIMIT]
    return f"Lamplighter rests until {rests}." if rests else "Lamplighter is off: nothing is checked now."
