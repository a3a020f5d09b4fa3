"""Watches the tasks that must live as long as the service.

A service of which a part has ended looks alive and loses what it sees. So it ends as a whole, with an exit
code that has it started again. What a part failed with is told by its type: its text may quote anything.
"""

import asyncio
from collections.abc import Collection

import structlog

from lamplighter_agent.errors import LamplighterError, PartEnded

_log = structlog.get_logger(__name__)


async def first_end(wishes: Collection[asyncio.Event], parts: Collection[asyncio.Task[None]]) -> None:
    """Return when one of the wishes to end is set; raise `PartEnded` when a part ends before."""
    waiting = [asyncio.create_task(wish.wait(), name="wish to end") for wish in wishes]
    try:
        await asyncio.wait({*waiting, *parts}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    if any(wish.is_set() for wish in wishes):
        return
    for part in parts:
        if part.done():
            ended = PartEnded(part.get_name(), _problem(part))
            _log.error("part_ended", problem=str(ended))
            raise ended


def told_at_once(task: asyncio.Task[None]) -> asyncio.Task[None]:
    """Have a task that may fail by itself log it as it ends, not when it is collected; returns the task."""
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("task_failed", task=task.get_name(), problem=_problem(task))


def _problem(part: asyncio.Task[None]) -> str:
    if part.cancelled():
        return "cancelled"
    error = part.exception()
    if isinstance(error, LamplighterError):
        # Ours carry ids and counts only.
        return f"{type(error).__name__}: {error}"
    return "without an error" if error is None else type(error).__name__
