"""Portable media on a Mac: told by Disk Arbitration and by news of USB devices, and looked at by `diskutil`.

A phone or a camera is no disk, and what a person unlocks makes no event of one, so now and then it is looked
at without any.

The same session of Disk Arbitration refuses to mount portable media, for everybody but root's own `mount`
(`media_guard.py`). Never ran on a Mac.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.macos.media_system import DiskNews, Disks
from lamplighter_agent.backends.macos.medium_rule import may_be_mounted, media_of
from lamplighter_agent.backends.media_looking import LookedAtMedia
from lamplighter_agent.backends.media_ports import Medium

LOOKS_EVERY_S: Final = 5.0


class MacMedia(LookedAtMedia):
    """Fills `MediaWatch`."""

    name = "Disk Arbitration, diskutil and ioreg"
    ROUTE = "Disk Arbitration"
    REMEDY = "start the service as root, on macOS 13 or newer"

    def __init__(self, news: DiskNews, disks: Disks) -> None:
        super().__init__()
        self._news = news
        self._disks = disks

    async def _listen(self, changed: Callable[[], None]) -> None:
        await asyncio.to_thread(self._news.start, changed, may_be_mounted)

    async def _deafen(self) -> None:
        await asyncio.to_thread(self._news.stop)

    def _now(self) -> list[Medium]:
        return list(media_of(self._disks.registry(), self._disks.listed(), self._disks.about))

    def _seconds(self) -> float:
        return LOOKS_EVERY_S
