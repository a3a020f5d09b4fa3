"""What withdraws released media behind a guard that was killed, tried by real pupils."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import PUPIL, MediaWorld, WorldStick
from tests.support.released import copied, keeping, killed, read_only, released
from tests.support.sensed import aside
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.media, pytest.mark.machine]
AFTER = "lamplighter_agent.backends.linux.withdraw_after"


async def test_a_kill_takes_away_what_is_mounted_open_and_copied(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    world.run("sh", "-c", f"echo written > {place}/new", user=PUPIL)
    holds_it_open = f"exec 5<>{place}/new; cd /; echo ready; exec sleep 600"
    with (
        keeping(world, "sh", "-c", holds_it_open) as opened,
        keeping(world, *copied(place, "echo ready && exec sleep 600")) as copy,
    ):
        guard.kill()
        await aside(wait_for, lambda: not world.mount_options(stick), "the end of the mount")
        assert "No such file" in world.run("cat", f"{place}/new", user=PUPIL)
        assert await aside(opened.wait, 20) == -signal.SIGKILL
        assert await aside(copy.wait, 20) == -signal.SIGKILL
    await aside(wait_for, lambda: read_only(world, stick) == ["1"], "a read-only disk")
    await killed(world, guard)
    assert world.mount_as(PUPIL, stick) == ""


async def test_the_next_run_begins_when_what_was_released_before_is_withdrawn(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    await released(guard, stick)
    place = world.mount_as(PUPIL, stick)
    with keeping(world, "sh", "-c", f"cd {place} && echo ready && exec sleep 600") as in_use:
        guard.kill()
        again = DrivenGuard(world)
        try:
            await again.withdraw_all()
            assert await aside(in_use.wait, 1) == -signal.SIGKILL
            assert read_only(world, stick) == ["1"]
            await released(again, stick)
            assert world.mount_as(PUPIL, stick)
            await again.stop()
        finally:
            again.close()


async def test_what_withdraws_behind_it_runs_as_long_as_anything_is_released_and_is_started_again(
    world: MediaWorld, guard: DrivenGuard, stick: WorldStick
) -> None:
    medium = await released(guard, stick)
    (first,) = running(AFTER)
    # What it will need is loaded: it has said so, and says no more.
    assert said_by(first) == os.devnull
    # No pupil can.
    assert "not permitted" in world.run("kill", "-9", str(first), user=PUPIL)
    await asyncio.to_thread(world.mount_as, PUPIL, stick)
    await guard.withdraw(medium.key)
    await aside(wait_for, lambda: not running(AFTER), "its end")
    await released(guard, stick)
    assert world.mount_as(PUPIL, stick)
    (second,) = running(AFTER)
    os.kill(second, signal.SIGKILL)
    # It was young: rather than to start it again and again, all is withdrawn.
    await aside(wait_for, lambda: not world.mount_options(stick), "the end of the mount")
    assert world.mount_as(PUPIL, stick) == ""


def said_by(pid: int) -> str:
    """Return where a process's standard output leads."""
    return str(Path(f"/proc/{pid}/fd/1").readlink())


def running(module: str) -> list[int]:
    """Return the processes that run a module."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if module.encode() in (one / "cmdline").read_bytes().split(b"\0"):
                found.append(int(one.name))
    return found
