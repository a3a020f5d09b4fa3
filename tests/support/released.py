"""Media that a driven guard released in a world, and pupils who use them."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from typing import Final

from lamplighter_agent.backends.media_ports import Medium

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import PUPIL, MediaWorld, WorldStick
from tests.support.sensed import aside
from tests.support.waiting import wait_for

ESSAY: Final = {"essay.txt": b"about lamps"}


async def released(guard: DrivenGuard, stick: WorldStick, *, writable: bool = True) -> Medium:
    """Hold what is in, and release its first volume to the pupil."""
    medium = await guard.look(stick.node)
    await guard.hold(medium)
    await guard.release(medium.volumes[0], PUPIL, writable=writable)
    return medium


async def killed(world: MediaWorld, guard: DrivenGuard) -> None:
    """Kill it, and wait until what it released is withdrawn."""
    guard.kill()
    await asyncio.to_thread(guard.close)
    await aside(wait_for, lambda: world.run("ls", "/run/lamplighter-media") == "", "no release")


def release_of(medium: Medium) -> str:
    """Return the file that releases it to the pupil."""
    return f"/run/lamplighter-media/{medium.node.rpartition('/')[2]}.{medium.sequence}.mount.{PUPIL}"


@contextlib.contextmanager
def keeping(world: MediaWorld, *command: str, user: str | None = PUPIL) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody who uses what is mounted, from when they say that they do."""
    running = world.start(*command, user=user, stdout=subprocess.PIPE)
    assert running.stdout is not None
    with running:
        assert running.stdout.readline() == b"ready\n"
        try:
            yield running
        finally:
            running.kill()


def copied(place: str, then: str) -> tuple[str, ...]:
    """A copy of a mount in a mount namespace of one's own."""
    room = "mount -t tmpfs none /mnt && mkdir /mnt/kept /mnt/jail"
    return ("unshare", "-Urm", "sh", "-c", f"{room} && mount --bind {place} /mnt/kept && {then}")


def read_only(world: MediaWorld, stick: WorldStick) -> list[str]:
    """Return "1" for each node that nobody can write to, else "0", the whole disk first."""
    return [world.run("blockdev", "--getro", node).strip() for node in stick.nodes]
