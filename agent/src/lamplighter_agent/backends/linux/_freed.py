"""Ends whoever still has the file system of an unmounted volume, and says whether that was all.

Each call takes seconds and may wait for hardware, so callers use a thread or a process that nobody else
needs. No asyncio in here: what acts behind a killed service uses it, too (`withdraw_after`).
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from lamplighter_agent.backends.linux import _block, _holders
from lamplighter_agent.backends.linux._holders import Holders

# Programs that are told of an unmounted medium let go of it by themselves.
LETS_GO_S: Final = 1.0
# What was killed is gone, and the kernel has written what it had to.
ENDS_S: Final = 2.0
# One that starts itself anew may be missed once.
_ROUNDS: Final = 3
_AGAIN_S: Final = 0.05
_NONE: Final = Holders(people=(), system=())


class State(Enum):
    """Who has an unmounted volume's file system still."""

    FREE = auto()
    # A program of the system's own, which lets go of it when it has done its work.
    SYSTEM = auto()
    # Somebody who was not found, or who was killed and came back.
    KEPT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What freeing came to, how many programs of people were killed for it, and whose had it last."""

    killed: int
    state: State
    accounts: tuple[int, ...] = ()


def freed(node: str, sequence: int, people: Collection[int]) -> Freed:
    """Have nobody use it any more; `people` are the accounts to whom it was released."""
    killed, last = 0, _NONE
    if _rests(node, sequence, LETS_GO_S):
        return Freed(killed=killed, state=State.FREE)
    for _ in range(_ROUNDS):
        found = _ended(node, people)
        killed += len(found.people)
        if _rests(node, sequence, ENDS_S):
            return Freed(killed=killed, state=State.FREE)
        last = found
        if not found.people:
            break
    state = State.SYSTEM if last.system and not last.people else State.KEPT
    return Freed(killed=killed, state=state, accounts=tuple(sorted({*last.people, *last.system})))


def _ended(node: str, people: Collection[int]) -> Holders:
    """Kill who has it; looking at somebody's open files may wait for what they pretend, and is given up."""
    found: list[Holders] = []

    def look() -> None:
        try:
            found.append(_holders.end(node, people))
        except OSError:
            return

    looking = threading.Thread(target=look, name="media: who has it", daemon=True)
    looking.start()
    looking.join(ENDS_S)
    return found[0] if found else _NONE


def _rests(node: str, sequence: int, seconds: float) -> bool:
    """Wait until nobody has it; False where somebody still has after this time."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while _block.is_busy(node, sequence):
        if time.monotonic() >= until:
            return False
        pause.wait(_AGAIN_S)
    return True
