"""Media on a real kernel: what the contract does not say."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.backends.linux._disks import PORTABLE_BUSES
from lamplighter_agent.backends.linux.media import UdevMedia
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_keywords.media.medium_id import BUSES

from tests.support.media_world import LUKS_HEADER, MediaWorld
from tests.support.sensed import eventually
from tests.support.sticks import SERIAL, Stick, stick
from tests.support.watch_driver import watching


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


EXT4 = ("mkfs.ext4", "-q")


def file_systems(medium: dict[str, Any]) -> list[str]:
    return [volume["file_system"] for volume in medium["volumes"]]


def uuid_of(line: dict[str, Any]) -> str:
    return str(line["medium"]["volumes"][0]["uuid"]) if "medium" in line else ""


@pytest.mark.media
@pytest.mark.machine
def test_a_divided_medium_is_told_once_with_all_its_volumes(world: MediaWorld) -> None:
    divided = world.make_divided_stick("divided", EXT4, (), EXT4)
    with watching(world) as told:
        world.put_in(divided)
        # A quick udev is waited for; before a late one, the kernel tells it without file systems.
        arrived = told.wait(
            lambda line: line.get("present") and file_systems(line["medium"]) == ["ext4", "", "ext4"],
            "the arrival, as udev knows it",
        )["medium"]
        world.take_out(divided)
        told.wait(lambda line: line.get("present") is False, "the removal")
    assert {one["sequence"] for one in arrived["volumes"]} == {arrived["sequence"]}
    # However it was pulled to pieces meanwhile, it came once and went once. (A loop device that is detached
    # counts as a new insertion for a moment, before it is empty.)
    its = [one["present"] for one in told.changes if one["medium"]["sequence"] == arrived["sequence"]]
    assert its[0] is True
    assert its[-1] is False
    assert its.count(False) == 1


@pytest.mark.media
@pytest.mark.machine
def test_a_medium_that_is_formatted_anew_is_told_again_and_not_as_removed(world: MediaWorld) -> None:
    stick = world.make_stick("plain")
    with watching(world) as told:
        world.put_in(stick)
        told.wait(lambda line: line.get("present"), "the arrival")
        # The same kind of file system and its size, and yet other content.
        world.run("mkfs.ext4", "-q", "-F", stick.node, check=True)
        told.wait(lambda line: uuid_of(line) not in {"", uuid_of(told.changes[0])}, "the new content")
        world.run("mkntfs", "--force", "--fast", "--quiet", stick.node, check=True)
        told.wait(
            lambda line: line.get("present") and file_systems(line["medium"]) == ["ntfs3"],
            "the new file system",
        )
        assert all(change["present"] for change in told.changes)
        world.take_out(stick)


@pytest.mark.media
@pytest.mark.machine
def test_a_card_that_is_swapped_between_two_looks_is_another_medium(world: MediaWorld) -> None:
    first, second = world.make_stick("first"), world.make_stick("second")
    with watching(world) as told:
        world.put_in(first, fixed=True)
        told.wait(lambda line: line.get("present") and file_systems(line["medium"]) == ["ext4"], "the first")
        world.swap(first, second)
        told.wait(lambda line: line.get("present") is False, "the removal of the first")
        told.wait(
            lambda line: (
                line.get("present")
                and line["medium"]["sequence"] > told.changes[0]["medium"]["sequence"]
                and file_systems(line["medium"]) == ["ext4"]
            ),
            "the second",
        )
        world.take_out(first)
    ids = {volume["uuid"] for change in told.changes for volume in change["medium"]["volumes"]} - {""}
    assert len(ids) == 2


@pytest.mark.media
@pytest.mark.machine
def test_locked_containers_are_recognised(world: MediaWorld) -> None:
    """By their headers alone: this kernel may open none of them."""
    stick = world.make_stick("luks", make=("sh", "-c", LUKS_HEADER, "sh"))
    with watching(world) as told:
        world.put_in(stick)
        (volume,) = told.wait(
            lambda line: line.get("present") and line["medium"]["volumes"][0]["encrypted"],
            "the arrival, as udev knows it",
        )["medium"]["volumes"]
        world.take_out(stick)
    assert (volume["file_system"], volume["encrypted"], volume["locked"]) == ("", "luks", True)


@pytest.mark.media
@pytest.mark.machine
def test_a_label_is_shortened_and_printable(world: MediaWorld) -> None:
    stick = world.make_stick("label", make=("mkfs.ext4", "-q", "-L", "a\x1b[31m\nb"))
    with watching(world) as told:
        world.put_in(stick)
        (volume,) = told.wait(lambda line: line.get("present"), "the arrival")["medium"]["volumes"]
        world.take_out(stick)
    assert volume["label"].isprintable()
    assert volume["odd_label"]


@pytest.mark.media
@pytest.mark.machine
def test_udev_that_dies_is_told_and_the_kernel_goes_on(world: MediaWorld) -> None:
    stick = world.make_stick("late")
    with watching(world) as told:
        assert told.lines[0]["started"] == "kernel events, udev and mounts"
        world.end_daemon("udevd", kill=True)
        try:
            world.put_in(stick, looked_at=False)
            assert "udev" in told.wait(lambda line: "failed" in line, "the end of udev")["failed"]
            with watching(world) as again:
                assert "does not run" in again.lines[0]["started"]
        finally:
            world.start_udev()
            world.take_out(stick)


@pytest.mark.media
@pytest.mark.machine
def test_a_dead_udev_is_seen_without_a_stick_until_it_is_back(world: MediaWorld) -> None:
    with watching(world) as told:
        world.end_daemon("udevd", kill=True)
        try:
            told.wait(lambda line: line.get("lacks") == "udev's daemon does not run", "the end of udev")
        finally:
            world.start_udev()
        told.wait(lambda line: line.get("lacks") == "", "its return")
    # It went on all the while.
    assert not [line for line in told.lines if "failed" in line]


def test_what_a_technician_may_type_as_bus_is_what_is_reported_here() -> None:
    assert set(BUSES) >= PORTABLE_BUSES
