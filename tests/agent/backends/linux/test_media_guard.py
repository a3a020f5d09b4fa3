"""The gate on a real machine, tried by real pupils; the contract says the rest."""

import asyncio
import dataclasses
import shlex
import signal
from pathlib import Path

import pytest
from lamplighter_agent.errors import NotHeld, NotReleased, StillInUse

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import OTHER, PUPIL, Identity, MediaWorld, WorldStick, media_world
from tests.support.released import ESSAY, copied, keeping, killed, read_only, release_of, released
from tests.support.sensed import aside
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.media, pytest.mark.machine]
REFUSED = "NotAuthorized"
# It answers the second when it has done the first.
RELOAD = "udevadm control --reload && udevadm control --ping"


async def test_a_released_stick_starts_no_program_whatever_is_asked(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick)
    for option in ("exec", "suid", "dev"):
        assert world.mount_as(PUPIL, stick, option) == ""
        assert "OptionNotPermitted" in world.said
    place = world.mount_as(PUPIL, stick)
    assert world.mount_options(stick) >= {"noexec", "nosuid", "nodev", "rw"}
    assert world.run("cat", f"{place}/essay.txt", user=PUPIL) == "about lamps"
    world.run("sh", "-c", f"printf '#!/bin/sh\necho ran\n' > {place}/run; chmod +x {place}/run", user=PUPIL)
    assert "Permission denied" in world.run("sh", "-c", f"{place}/run", user=PUPIL)


async def test_a_released_stick_is_mounted_as_what_was_scanned_and_as_nothing_else(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    # Bytes can be several file systems at once, and a scan looks into the one that udev found: ext2 here.
    stick = world.put_in(world.make_stick("ext2", make=("mkfs.ext2", "-q")))
    try:
        await released(guard, stick)
        asked = ("udisksctl", "mount", "--no-user-interaction", "-b", stick.node)
        for other in ("ext4", "auto", "squashfs", "vfat", "iso9660"):
            assert "OptionNotPermitted" in world.run(*asked, "-t", other, user=PUPIL), other
        # Options that show other files than the scan saw.
        for option in ("norock", "nojoliet", "undelete", "subvol=x"):
            assert world.mount_as(PUPIL, stick, option) == ""
            assert "OptionNotPermitted" in world.said
        assert world.mount_as(PUPIL, stick), world.said
    finally:
        world.take_out(stick)


async def test_a_read_only_release_can_not_be_written_by_any_way(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick, writable=False)
    place = world.mount_as(PUPIL, stick, "rw") or world.mount_as(PUPIL, stick)
    assert "ro" in world.mount_options(stick)
    assert "Read-only" in world.run("touch", f"{place}/new", user=PUPIL)
    # Nor by root, by accident.
    assert "write-protected" in world.run("mount", "-o", "remount,rw", place)


async def test_after_a_kill_a_file_that_is_there_releases_nothing(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    await killed(world, guard)
    world.run("touch", release_of(medium), check=True)
    assert world.mount_as(PUPIL, stick) == ""
    assert REFUSED in world.said
    world.run("rm", release_of(medium), check=True)


async def test_without_polkit_all_is_refused(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    await asyncio.to_thread(world.end_polkit)
    try:
        assert world.mount_as(PUPIL, stick) == ""
        state = await guard.ready()
        assert (state.working, bool(state.reason), bool(state.remedy)) == (False, True, True)
        assert not await guard.answers()
        with pytest.raises(NotReleased):
            await guard.release(medium.volumes[0], OTHER, writable=False)
    finally:
        await asyncio.to_thread(world.start_polkit)
    assert (await guard.ready()).working
    assert await guard.answers()


async def test_polkit_that_dies_unseen_is_met_at_the_release(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    assert (await guard.ready()).working
    medium = await guard.look(stick.node)
    await guard.hold(medium)
    await asyncio.to_thread(world.end_polkit)
    try:
        with pytest.raises(NotReleased, match="not in force"):
            await guard.release(medium.volumes[0], PUPIL, writable=False)
    finally:
        await asyncio.to_thread(world.start_polkit)
    # As before, when it is back.
    await guard.release(medium.volumes[0], PUPIL, writable=False)
    assert world.mount_as(PUPIL, stick), world.said


async def test_polkit_that_crashes_is_started_by_the_next_question_and_goes_by_our_rule(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick)
    await asyncio.to_thread(world.kill_polkit)
    assert world.mount_as(OTHER, stick) == ""
    assert world.mount_as(PUPIL, stick), world.said
    assert (await guard.ready()).working


async def test_a_pupil_can_neither_look_nor_lock_nor_release(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await guard.look(stick.node)
    await guard.hold(medium)
    folder = "/run/lamplighter-media"
    file = release_of(medium)
    for attempt in (f"ls {folder}", f"touch {file}", f"flock {file} sleep 9", f"mv {folder} {folder}2"):
        assert "denied" in world.run("sh", "-c", attempt, user=PUPIL), attempt
    # Even a file that is there is nothing without the service's lock.
    world.run("touch", file, check=True)
    assert world.mount_as(PUPIL, stick) == ""
    world.run("rm", file, check=True)


async def test_many_who_ask_at_once_are_not_taken_for_the_service(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    await killed(world, guard)
    world.run("touch", release_of(medium), check=True)
    tries = [asyncio.to_thread(world.mount_as, PUPIL, stick) for _ in range(12)]
    assert set(await asyncio.gather(*tries)) == {""}
    world.run("rm", release_of(medium), check=True)


async def test_the_next_stick_in_the_same_place_is_refused(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    node = stick.node
    await asyncio.to_thread(world.take_out, stick)
    second = world.make_stick("second", files=ESSAY, identity=Identity(serial="UNKNOWN999"))
    await asyncio.to_thread(world.put_in, second)
    try:
        assert second.node == node
        # The guard has heard of nothing: its file and its lock are still there.
        assert world.mount_as(PUPIL, second) == ""
        assert REFUSED in world.said
        with pytest.raises(NotReleased):
            await guard.release(medium.volumes[0], PUPIL, writable=True)
        with pytest.raises(NotHeld):
            await guard.hold(medium)
    finally:
        await asyncio.to_thread(world.take_out, second)
    stick.node = ""


async def test_a_card_that_was_swapped_unseen_is_not_the_one_that_was_released(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    first, second = (world.make_stick(f"card-{name}", files=ESSAY) for name in ("a", "b"))
    world.put_in(first, fixed=True)
    try:
        medium = await released(guard, first, writable=False)
        assert world.mount_as(PUPIL, first)
        world.unmount_as(PUPIL, first)
        world.swap(first, second)
        assert world.mount_as(PUPIL, first) == ""
        assert REFUSED in world.said
        with pytest.raises(NotReleased):
            await guard.release(medium.volumes[0], OTHER, writable=False)
        assert (await guard.look(first.node)).sequence > medium.sequence
    finally:
        world.take_out(first)


async def test_what_is_withdrawn_in_use_is_unmounted_and_what_was_written_is_kept(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    world.run("sh", "-c", f"echo kept > {place}/new", user=PUPIL)
    with keeping(world, "sh", "-c", f"cd {place} && echo ready && exec sleep 600") as in_use:
        await guard.withdraw(medium.key)
        assert await aside(in_use.wait, 20) == -signal.SIGKILL
    assert world.mount_options(stick) == frozenset()
    assert world.mount_as(PUPIL, stick) == ""
    await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    assert world.run("cat", f"{place}/new", user=PUPIL) == "kept\n"


async def test_a_copy_of_the_mount_in_ones_own_namespace_goes_with_whoever_keeps_it(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    with keeping(world, *copied(place, "echo ready && exec sleep 600")) as kept:
        await guard.withdraw(medium.key)
        assert await aside(kept.wait, 20) == -signal.SIGKILL
    await released(guard, stick)
    assert world.mount_as(PUPIL, stick)


async def test_a_hidden_copy_of_the_mount_is_told_as_still_in_use_and_nothing_is_released(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    hide = "import os,time; os.chroot('/mnt/jail'); os.chdir('/'); print('ready',flush=True); time.sleep(600)"
    medium = await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    with keeping(world, *copied(place, f"exec /usr/bin/python3 -c {shlex.quote(hide)}")):
        with pytest.raises(StillInUse):
            await guard.withdraw(medium.key)
        # Each time that it is asked.
        with pytest.raises(StillInUse):
            await guard.hold(medium)
        with pytest.raises(NotReleased):
            await guard.release(medium.volumes[0], PUPIL, writable=True)
        assert world.mount_as(PUPIL, stick) == ""
    await released(guard, stick)


async def test_a_program_of_the_systems_own_is_waited_for(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    with keeping(world, "sh", "-c", f"cd {place} && echo ready && exec sleep 600", user=None) as scans:
        with pytest.raises(StillInUse, match="system") as told:
            await guard.withdraw(medium.key)
        assert (list(told.value.accounts), told.value.by_the_system) == ([0], True)
        with pytest.raises(StillInUse, match="system"):
            await guard.hold(medium)
        assert scans.poll() is None
    await released(guard, stick)


async def test_what_is_mounted_when_the_service_comes_is_unmounted(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    world.run("mount", stick.node, "/media", check=True)
    await guard.hold(await guard.look(stick.node))
    assert world.mount_options(stick) == frozenset()


async def test_what_is_mounted_by_another_way_is_unmounted_again(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await guard.hold(await guard.look(stick.node))
    world.run("mount", stick.node, "/media", check=True)
    await aside(wait_for, lambda: not world.mount_options(stick), "the end of the mount")
    # Released, but without what is forced.
    await released(guard, stick)
    world.run("mount", stick.node, "/media", check=True)
    await aside(wait_for, lambda: not world.mount_options(stick), "the end of the other mount")
    # Until it was gone, the person's own would have gone with it.
    await aside(wait_for, lambda: world.mount_as(PUPIL, stick), "the person's mount")


async def test_what_is_written_later_is_checked_when_it_is_opened(
    world: MediaWorld, stick: WorldStick
) -> None:
    checking = DrivenGuard(world, forbidden="gunpowder")
    try:
        await checking.withdraw_all()
        await released(checking, stick)
        place = world.mount_as(PUPIL, stick)
        write = f"echo gunpowder > {place}/later; echo lamps > {place}/fine"
        read = f"cat {place}/later; cat {place}/fine"

        def refused() -> bool:
            # The kernel asks from the moment on when the guard has heard of the mount.
            world.run("sh", "-c", write, user=PUPIL)
            return "not permitted" in world.run("sh", "-c", read, user=PUPIL)

        await aside(wait_for, refused, "the refusal")
        assert world.run("cat", f"{place}/fine", user=PUPIL) == "lamps\n"
        await checking.stop()
        assert world.mount_options(stick) == frozenset()
    finally:
        checking.close()


async def test_nothing_else_that_udisks_can_do_is_allowed(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick)
    world.run("sh", "-c", "mkdir -m 777 /run/pupils; truncate -s 1M /run/pupils/image", check=True)
    world.run("chmod", "666", "/run/pupils/image", check=True)
    asked = (
        ("udisksctl", "loop-setup", "--no-user-interaction", "-f", "/run/pupils/image"),
        ("udisksctl", "unlock", "--no-user-interaction", "-b", stick.node, "--key-file", "/dev/null"),
        _method(stick, "Block", "Format", "sa{sv}", "ext4", "0"),
        _method(stick, "Block", "OpenDevice", "sa{sv}", "r", "0"),
        _method(stick, "Filesystem", "SetLabel", "sa{sv}", "x", "0"),
    )
    for command in asked:
        said = world.run(*command, user=PUPIL)
        assert REFUSED in said or "Not authorized" in said or "not an encrypted" in said, said


def _method(stick: WorldStick, interface: str, *what: str) -> tuple[str, ...]:
    udisks = "org.freedesktop.UDisks2"
    path = f"/org/freedesktop/UDisks2/block_devices/{stick.node.rpartition('/')[2]}"
    return ("busctl", "--system", "call", udisks, path, f"{udisks}.{interface}", *what)


async def test_nobody_reads_round_the_mount(world: MediaWorld, guard: DrivenGuard, stick: WorldStick) -> None:
    await released(guard, stick)
    assert "denied" in world.run("head", "-c1", stick.node, user=PUPIL)
    about = await asyncio.to_thread(Path(stick.node).stat)
    assert (about.st_mode & 0o777, about.st_uid, about.st_gid) == (0o600, 0, 0)


async def test_a_volume_that_udevs_rule_has_not_seen_is_not_released(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await guard.look(stick.node)
    await guard.hold(medium)
    assert (await guard.ready()).working
    world.run("sh", "-c", f"mv /etc/udev/rules.d/72-* /run/ && {RELOAD}", check=True)
    try:
        world.run("udevadm", "trigger", "--settle", stick.node, check=True)
        with pytest.raises(NotReleased, match="udev"):
            await guard.release(medium.volumes[0], PUPIL, writable=True)
    finally:
        world.run("sh", "-c", f"mv /run/72-* /etc/udev/rules.d/ && {RELOAD}", check=True)


async def test_of_several_partitions_each_is_released_by_itself(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    ext4 = ("mkfs.ext4", "-q")
    divided = world.make_divided_stick("divided", ext4, ext4, ())
    world.put_in(divided)
    try:
        medium = await guard.look(divided.node)
        assert [one.file_system for one in medium.volumes] == ["ext4", "ext4", ""]
        await guard.hold(medium)
        await guard.release(medium.volumes[1], PUPIL, writable=True)
        assert world.mount_as(PUPIL, divided, part=1) == ""
        place = world.mount_as(PUPIL, divided, part=2)
        assert world.run("touch", f"{place}/new", user=PUPIL) == ""
        # The others stay read-only.
        assert read_only(world, divided) == ["0", "1", "0", "1"]
        await guard.withdraw(medium.key)
        assert read_only(world, divided) == ["1", "1", "1", "1"]
        assert world.mount_as(PUPIL, divided, part=2) == ""
    finally:
        world.take_out(divided)


async def test_what_lies_in_an_opened_container_can_be_written_to_with_what_it_lies_in(
    world: MediaWorld, guard: DrivenGuard
) -> None:
    # Partitions for it: this kernel may open no container.
    ext4 = ("mkfs.ext4", "-q")
    divided = world.make_divided_stick("opened", (), ext4, ())
    world.put_in(divided)
    try:
        medium = await guard.look(divided.node)
        container, content, other = medium.volumes
        content = dataclasses.replace(content, encrypted="luks")
        locked = dataclasses.replace(container, encrypted="luks", locked=True)
        await guard.hold(dataclasses.replace(medium, volumes=(locked, other)))
        await guard.release(locked, PUPIL, writable=True)
        # Before it is opened: it would be opened read-only, for good.
        assert read_only(world, divided)[:2] == ["0", "0"]
        opened = dataclasses.replace(locked, locked=False)
        await guard.hold(dataclasses.replace(medium, volumes=(opened, content, other)))
        assert read_only(world, divided) == ["1", "1", "1", "1"]
        await guard.release(content, PUPIL, writable=True)
        assert read_only(world, divided) == ["0", "0", "0", "1"]
        await guard.release(content, PUPIL, writable=False)
        assert read_only(world, divided) == ["1", "1", "1", "1"]
        await guard.withdraw(medium.key)
    finally:
        world.take_out(divided)


async def test_a_deceptive_medium_is_not_released(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = dataclasses.replace(await guard.look(stick.node), deceptive=True)
    # It is no USB device that could be disconnected.
    with pytest.raises(NotHeld, match="disconnected"):
        await guard.hold(medium)
    with pytest.raises(NotReleased):
        await guard.release(medium.volumes[0], PUPIL, writable=False)


async def test_where_the_rules_are_not_installed_it_says_so(tmp_path: Path) -> None:
    with media_world(tmp_path, rules=False) as bare:
        driven = DrivenGuard(bare)
        try:
            state = await driven.ready()
            assert (state.working, state.reason) == (False, "udev's rule for portable media is missing")
            bare.run("cp", "/dev/null", "/etc/udev/rules.d/72-lamplighter-media.rules", check=True)
            state = await driven.ready()
            assert (state.working, state.reason) == (False, "polkit's rule for portable media is missing")
            assert state.remedy
        finally:
            driven.close()
