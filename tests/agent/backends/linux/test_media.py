"""Media on a real kernel: what the contract does not say."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.media import UdevMedia
from lamplighter_agent.backends.ports import MediaChange

from tests.support.sensed import eventually
from tests.support.sticks import SERIAL, Stick, stick


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[Stick]:
    """The real kernel's events and the real udev, for a loop device that says it is a stick."""
    with stick(tmp_path) as made:
        yield made


class Told:
    """What was told of the emulated stick: a machine may have others."""

    def __init__(self) -> None:
        self.changes: list[MediaChange] = []

    def sink(self, change: MediaChange) -> None:
        if change.medium.serial == SERIAL:
            self.changes.append(change)

    async def presences_are(self, *wanted: bool) -> None:
        await eventually(lambda: [change.present for change in self.changes] == [*wanted], f"{wanted}")


@pytest.mark.machine
async def test_what_the_medium_says_of_itself_is_told(emulated: Stick) -> None:
    watch, told = UdevMedia(), Told()
    await watch.start(told.sink, lambda _: None)
    await asyncio.to_thread(emulated.put_in)
    await told.presences_are(True)
    medium = told.changes[0].medium
    assert (medium.bus, medium.vendor, medium.model) == ("usb", "Example", "Stick 3.0")
    assert medium.size_bytes == emulated.size_bytes
    await asyncio.to_thread(emulated.take_out)
    await told.presences_are(True, False)
    await watch.stop()


@pytest.mark.machine
async def test_a_mount_makes_nothing_twice(emulated: Stick, tmp_path: Path) -> None:
    watch, told = UdevMedia(), Told()
    await watch.start(told.sink, lambda _: None)
    await asyncio.to_thread(emulated.put_in)
    await told.presences_are(True)
    await asyncio.to_thread(mount_and_unmount, emulated.node, tmp_path)
    await asyncio.to_thread(emulated.take_out)
    await told.presences_are(True, False)
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
