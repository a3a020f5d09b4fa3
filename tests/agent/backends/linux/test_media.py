import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.media import UdevMedia

from tests.contracts.media_watch import MediaWatchContract
from tests.support.sticks import SERIAL, Stick, stick


@pytest.mark.machine
class TestUdevMedia(MediaWatchContract):
    """The real kernel's events and the real udev, for a loop device that says it is a stick."""

    @pytest.fixture(autouse=True)
    def _stick(self, tmp_path: Path) -> Iterator[None]:
        with stick(tmp_path) as self.emulated:
            yield

    @pytest.fixture
    def watch(self) -> UdevMedia:
        return UdevMedia()

    async def put_in(self) -> None:
        await asyncio.to_thread(self.emulated.put_in)

    async def take_out(self) -> None:
        await asyncio.to_thread(self.emulated.take_out)

    async def test_what_the_medium_says_of_itself_is_told(self, watch: UdevMedia) -> None:
        seen = await self.started(watch)
        await self.put_in()
        await seen.presences_are(True)
        medium = seen.changes[0].medium
        assert (medium.bus, medium.vendor, medium.model) == ("usb", "Example", "Stick 3.0")
        assert medium.serial == SERIAL
        assert medium.size_bytes == self.emulated.size_bytes
        await self.take_out()
        await seen.presences_are(True, False)
        await watch.stop()

    async def test_a_mount_makes_nothing_twice(self, watch: UdevMedia, tmp_path: Path) -> None:
        seen = await self.started(watch)
        await self.put_in()
        await seen.presences_are(True)
        await asyncio.to_thread(mount_and_unmount, self.emulated.node, tmp_path)
        await self.take_out()
        await seen.presences_are(True, False)
        await watch.stop()


def mount_and_unmount(node: str, folder: Path) -> None:
    where = folder / "mounted"
    where.mkdir()
    subprocess.run(["mount", "-o", "ro,noload", node, str(where)], check=True)
    subprocess.run(["umount", str(where)], check=True)


@pytest.mark.machine
async def test_a_fixed_loop_device_is_no_portable_medium(tmp_path: Path) -> None:
    """The same image on a machine whose udev knows nothing of it."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(1 << 20)
    plain = Stick(image)
    plain.put_in()
    try:
        watch = UdevMedia()
        seen: list[object] = []
        await watch.start(seen.append, seen.append)
        await watch.stop()
        assert not [change for change in seen if plain.node.removeprefix("/dev/") in str(change)]
    finally:
        plain.take_out()
