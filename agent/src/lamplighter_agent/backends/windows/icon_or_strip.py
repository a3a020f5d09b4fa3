"""The icon where the taskbar has a place for it, and the strip where it has none, as on a kiosk.

Chosen at each start of the indicator: one whose icon goes is started anew, and then it is the strip. Neither
is seen while another desktop of Windows is on the screen: where it asks for a password, is locked, or where a
program made one of its own.
"""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.windows.indicator import Icon
from lamplighter_agent.errors import BackendUnavailable

# A taskbar that is busy takes a moment to make room.
LOOK_EVERY_S = 0.1
LOOKS = 15
ELSEWHERE = "another desktop is on the screen"


class IconOrStrip:
    """Fulfils `Icon`."""

    def __init__(self, icon: Icon, strip: Icon, *, tip: str, in_front: Callable[[], bool]) -> None:
        """Take both, and the first words; `in_front` tells whether our desktop is on the screen."""
        self._icon = icon
        self._strip = strip
        self._tip = tip
        self._in_front = in_front
        self._shown: Icon | None = None

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        """Prepare one; raise `BackendUnavailable` where there can be neither."""
        if await self._has_place(clicked, help_clicked):
            self._shown = self._icon
            return
        await self._icon.close()
        await self._strip.open(clicked, help_clicked)
        self._shown = self._strip

    def show(self, tip: str) -> None:
        if self._shown is not None:
            self._shown.show(tip)

    def missing(self) -> str:
        if self._shown is None:
            return "not open"
        return self._shown.missing() if self._in_front() else ELSEWHERE

    async def close(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            await shown.close()

    async def _has_place(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> bool:
        try:
            await self._icon.open(clicked, help_clicked)
        except BackendUnavailable:
            return False
        self._icon.show(self._tip)
        for _ in range(LOOKS):
            if not self._icon.missing():
                return True
            await asyncio.sleep(LOOK_EVERY_S)
        return False
