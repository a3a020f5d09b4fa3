"""Looks after the helpers from outside: one that somebody holds still or looks into is ended at once.

It asks the kernel for the state of each helper, and not the helper for an answer: that costs it no wake-up,
can't be imitated by a program that answers in its place, and tells a stop from a busy machine. Whoever stops
a helper (SIGSTOP) is thus noticed within `LOOK_SECONDS`; the launcher starts another one.
"""

import asyncio
from collections.abc import Callable, Collection

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.losses import Reason

LOOK_SECONDS = 1.5
_REASONS = {
    ProcessCondition.STOPPED: pb.LossNotice.REASON_HELPER_STOPPED,
    ProcessCondition.TRACED: pb.LossNotice.REASON_HELPER_TRACED,
}


async def watch_helpers(
    helpers: Callable[[], Collection[int]],
    condition: Callable[[int], ProcessCondition],
    tampered: Callable[[int, Reason], None],
) -> None:
    """Look at each helper until cancelled; `tampered` is told of its process id and what was done to it."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for pid in list(helpers()):
            reason = _REASONS.get(condition(pid))
            if reason is not None:
                tampered(pid, reason)
