"""Portable media of a pretended Windows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lamplighter_agent.backends.media_ports import MediaGuard, Medium
from lamplighter_agent.backends.windows.media import WindowsMedia
from lamplighter_agent.backends.windows.media_guard import LetterGuard
from lamplighter_agent.backends.windows.media_policy import NO_PROGRAMS, REMOVABLE, MediaPolicy
from lamplighter_agent.backends.windows.medium_rule import media_of
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks

from tests.agent.backends.contracts.stages import Doomed
from tests.support.fakes.windows_media import PretendedMedia

ROOM = "C:\\ProgramData\\Lamplighter\\scan"


class WatchStage:
    """One stick."""

    def __init__(self) -> None:
        self.windows = PretendedMedia()
        self.source = WindowsMedia(self.windows, self.windows)

    async def happen(self) -> None:
        await self.put_in()

    async def put_in(self) -> None:
        self.windows.put_in()

    async def take_out(self) -> None:
        self.windows.take_out()


def guard_of(windows: PretendedMedia) -> LetterGuard:
    return LetterGuard(windows, VolumeLocks(windows), windows, MediaPolicy(windows), room=ROOM)


def medium_in(windows: PretendedMedia) -> Medium:
    (medium,) = media_of(windows.disks(), windows.usb_devices(), windows.volumes(), system=0)
    return medium


class GuardStage:
    """One stick on a Windows that started since the policy was written."""

    account, stranger = "SCHOOL\\rowan", "SCHOOL\\ash"

    def __init__(self) -> None:
        self.windows = PretendedMedia(self.account, self.stranger)
        self.windows.automount = False
        self.windows.write(REMOVABLE, NO_PROGRAMS, 1)
        self.guard: MediaGuard = guard_of(self.windows)

    async def put_in(self) -> Medium:
        self.windows.put_in()
        return medium_in(self.windows)

    async def take_out(self) -> None:
        self.windows.take_out()

    async def may_use(self, medium: Medium, account_name: str) -> str:
        return self.windows.may_use(medium.volumes[0].node, account_name)

    async def crash(self) -> MediaGuard:
        self.windows.kill()
        self.guard = guard_of(self.windows)
        return self.guard


@asynccontextmanager
async def media(_: pytest.FixtureRequest) -> AsyncIterator[WatchStage]:
    stage = WatchStage()
    yield stage
    await stage.source.stop()


@asynccontextmanager
async def guard(_: pytest.FixtureRequest) -> AsyncIterator[GuardStage]:
    yield GuardStage()


def absent() -> WindowsMedia:
    windows = PretendedMedia()
    windows.refuses_news = True
    return WindowsMedia(windows, windows)


@asynccontextmanager
async def doomed(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    windows = PretendedMedia()

    def end() -> None:
        windows.broken = OSError(5, "Windows does not list its devices")
        windows.tell()

    source = WindowsMedia(windows, windows)
    yield Doomed(source, end)
    await source.stop()
