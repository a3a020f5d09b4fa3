"""Portable media of a pretended Mac; what unmounts behind a guard that was killed is the real process."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lamplighter_agent.backends.macos.media import MacMedia
from lamplighter_agent.backends.macos.media_guard import MountGuard
from lamplighter_agent.backends.macos.medium_rule import may_be_mounted, media_of
from lamplighter_agent.backends.media_ports import MediaGuard, Medium
from lamplighter_agent.backends.posix.keeper import KeeperProcess

from tests.agent.backends.contracts.stages import Doomed
from tests.support.fakes.mac_media import PretendedMac

# Stands for `diskutil unmount force`: a mount of the pretended Mac is a file.
_UNMOUNT = "import os, sys; os.unlink(os.path.join(sys.argv[1], sys.argv[-1]))"


def keeper_of(mac: PretendedMac) -> KeeperProcess:
    module = (sys.executable, "-m", "lamplighter_agent.backends.macos.unmount_after")
    return KeeperProcess((*module, sys.executable, "-c", _UNMOUNT, str(mac.mounts)))


class WatchStage:
    """One stick."""

    def __init__(self, mac: PretendedMac) -> None:
        self.mac = mac
        self.source = MacMedia(mac, mac)

    async def happen(self) -> None:
        await self.put_in()

    async def put_in(self) -> None:
        self.mac.put_in()

    async def take_out(self) -> None:
        self.mac.take_out()


class GuardStage:
    """One stick on a Mac whose watch is on."""

    account, stranger = "rowan", "ash"

    def __init__(self, mac: PretendedMac) -> None:
        self.mac = mac
        mac.start(lambda: None, may_be_mounted)
        self.guard: MediaGuard
        self._anew()

    def _anew(self) -> None:
        self.keeper = keeper_of(self.mac)
        self.guard = MountGuard(self.mac, self.mac, self.keeper, refusing=lambda: self.mac.is_on)

    async def put_in(self) -> Medium:
        self.mac.put_in()
        (medium,) = media_of(self.mac.registry(), self.mac.listed(), self.mac.about)
        return medium

    async def take_out(self) -> None:
        self.mac.take_out()

    async def may_use(self, medium: Medium, account_name: str) -> str:
        return self.mac.may_use(medium.volumes[0].node, account_name)

    async def crash(self) -> MediaGuard:
        # It closes the pipe, as the kernel does with what a killed process had open.
        self.keeper.close()
        self._anew()
        return self.guard


@contextmanager
def _mac(*accounts: str) -> Iterator[PretendedMac]:
    with TemporaryDirectory() as folder:
        yield PretendedMac(Path(folder), *accounts)


@asynccontextmanager
async def media(_: pytest.FixtureRequest) -> AsyncIterator[WatchStage]:
    with _mac() as mac:
        stage = WatchStage(mac)
        yield stage
        await stage.source.stop()


@asynccontextmanager
async def guard(_: pytest.FixtureRequest) -> AsyncIterator[GuardStage]:
    with _mac("rowan", "ash") as mac:
        stage = GuardStage(mac)
        yield stage
        stage.keeper.close()


def absent() -> MacMedia:
    with _mac() as mac:
        mac.refuses_news = True
        return MacMedia(mac, mac)


@asynccontextmanager
async def doomed(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    with _mac() as mac:
        source = MacMedia(mac, mac)

        def end() -> None:
            mac.broken = OSError(5, "no property list was printed")
            mac.tell()

        yield Doomed(source, end)
        await source.stop()
