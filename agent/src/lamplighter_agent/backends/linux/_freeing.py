"""Takes a volume away from everybody who uses it: their mounts, then what outlives a mount.

UDisks unmounts, since the service may live in a mount namespace of its own. A copy of the mount that somebody
keeps where neither sees it goes with the programs that keep it (`_holders`).
"""

import asyncio
import contextlib
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from lamplighter_agent.backends.linux import _block, _holders, _udisks
from lamplighter_agent.backends.linux._holders import Holders
from lamplighter_agent.backends.linux._own_thread import apart
from lamplighter_agent.errors import BackendUnavailable

# A mount may lie above another of the same volume.
_MOST_MOUNTS: Final = 16
# Programs that are told of an unmounted medium let go of it by themselves.
LETS_GO_S: Final = 1.0
# What was killed is gone, and the kernel has written what it had to.
ENDS_S: Final = 2.0
# One that starts itself anew may be missed once.
_ROUNDS: Final = 3
_AGAIN_S: Final = 0.05


class State(Enum):
    """Who has an unmounted volume's file system still."""

    FREE = auto()
    # A program of the system's own, which lets go of it when it has done its work.
    SYSTEM = auto()
    # Somebody who was not found, or who was killed and came back.
    KEPT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What freeing came to, and how many programs of people were killed for it."""

    killed: int
    state: State


async def unmount(node: str) -> None:
    """Take every mount of it away; what this process does not see, UDisks does."""
    for _ in range(_MOST_MOUNTS):
        found = await apart(_block.mounts, node)
        if not found:
            return
        await apart(_block.flush, found[0].place)
        try:
            await _udisks.unmount(node)
        except BackendUnavailable:
            with contextlib.suppress(OSError):
                await apart(_block.detach, found[0].place)


async def freed(node: str, sequence: int) -> Freed:
    """End whoever still has the file system of an unmounted volume, and say whether that was all."""
    killed = 0
    if await _rests(node, sequence, LETS_GO_S):
        return Freed(killed=killed, state=State.FREE)
    for _ in range(_ROUNDS):
        found = await _ended(node)
        killed += found.people
        if await _rests(node, sequence, ENDS_S):
            return Freed(killed=killed, state=State.FREE)
        if not found.people:
            return Freed(killed=killed, state=State.SYSTEM if found.system else State.KEPT)
    return Freed(killed=killed, state=State.KEPT)


async def _ended(node: str) -> Holders:
    """Kill who has it; looking at somebody's open files may wait for what they pretend, and is given up."""
    looking = asyncio.ensure_future(apart(_holders.end, node))
    try:
        await asyncio.wait({looking}, timeout=ENDS_S)
    finally:
        if not looking.done():
            looking.cancel()
    if looking.cancelling() or looking.exception() is not None:
        return Holders(people=0, system=0)
    return looking.result()


async def _rests(node: str, sequence: int, seconds: float) -> bool:
    """Wait until nobody has it; False where somebody still has after this time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while await apart(_block.is_busy, node, sequence):
        if loop.time() >= until:
            return False
        await asyncio.sleep(_AGAIN_S)
    return True
