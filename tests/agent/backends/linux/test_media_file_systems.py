"""With what released media are read: by what scanned them, whatever else there is that could."""

import re

import pytest
from lamplighter_agent.errors import NotReleased

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import PUPIL, MediaWorld
from tests.support.sensed import aside
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.media, pytest.mark.machine]
NTFS = ("mkntfs", "--force", "--fast", "--quiet")
EXFAT = ("mkfs.exfat",)
FAT = ("mkfs.vfat",)
# Which of them it is, is for libmount to say.
UNKNOWN = re.compile("unknown filesystem type|not configured in kernel")


@pytest.mark.parametrize(
    ("make", "kind"),
    [(NTFS, "ntfs3"), (EXFAT, "exfat"), (FAT, "vfat")],
    ids=["NTFS", "exFAT", "FAT"],
)
async def test_windows_file_systems_are_mounted_by_the_kernel_that_scanned_them_or_not_at_all(
    world: MediaWorld, guard: DrivenGuard, make: tuple[str, ...], kind: str
) -> None:
    stick = world.put_in(world.make_stick(kind, make=make))
    try:
        medium = await guard.look(stick.node)
        await guard.hold(medium)
        await guard.release(medium.volumes[0], PUPIL, writable=True)
        assert [one.file_system for one in medium.volumes] == [kind]
        place = world.mount_as(PUPIL, stick)
        # Here are programs that read NTFS and exFAT (ntfs-3g, exfat-fuse): they are never asked.
        if place:
            assert world.run("findmnt", "-n", "-o", "FSTYPE", stick.node).strip() == kind
            assert world.mount_options(stick) >= {"noexec", "nosuid", "nodev", "rw"}
            assert world.run("touch", f"{place}/new", user=PUPIL) == ""
        else:
            # A kernel without that driver, as the gate let it pass.
            assert UNKNOWN.search(world.said), world.said
        asked = ("udisksctl", "mount", "--no-user-interaction", "-b", stick.node, "-t", "ntfs")
        assert "Mounted" not in world.run(*asked, user=PUPIL)
        await guard.withdraw(medium.key)
        assert world.mount_options(stick) == frozenset()
    finally:
        world.take_out(stick)


async def test_what_is_mounted_as_another_file_system_than_was_scanned_is_unmounted_again(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    stick = world.put_in(world.make_stick("other-reader", make=NTFS))
    try:
        medium = await guard.look(stick.node)
        await guard.hold(medium)
        await guard.release(medium.volumes[0], PUPIL, writable=True)
        world.run("ntfs-3g", "-o", "noexec,nosuid,nodev", stick.node, "/media", check=True)
        await aside(wait_for, lambda: not world.mount_options(stick), "the end of the mount")
        await guard.withdraw(medium.key)
    finally:
        world.take_out(stick)


async def test_where_a_program_would_mount_it_instead_nothing_is_released(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    stick = world.put_in(world.make_stick("plain"))
    medium = await guard.look(stick.node)
    await guard.hold(medium)
    # In this world alone.
    more = "mkdir -p /run/more && ln -s /bin/true /run/more/mount.ext4"
    over = "mount -t overlay -o lowerdir=/run/more:/sbin more /sbin"
    world.run("sh", "-c", f"{more} && {over}", check=True)
    try:
        with pytest.raises(NotReleased, match=r"mount\.ext4"):
            await guard.release(medium.volumes[0], PUPIL, writable=True)
    finally:
        world.run("umount", "/sbin", check=True)
        world.take_out(stick)
