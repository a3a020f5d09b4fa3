"""Whether somebody holds a process of ours still or traces it, by the kernel's word. Never ran on a Mac."""

from collections.abc import Callable

from lamplighter_agent.backends.macos._proc import ProcessFacts, facts_of
from lamplighter_agent.backends.ports import ProcessCondition

# SSTOP of <sys/proc.h>, PROC_FLAG_TRACED of <sys/proc_info.h>.
STOPPED = 4
TRACED = 2


def condition_of(pid: int, *, facts: Callable[[int], ProcessFacts | None] = facts_of) -> ProcessCondition:
    """Return how a process of ours is; one that has ended is fine: its end is told elsewhere."""
    found = facts(pid)
    if found is None:
        return ProcessCondition.FINE
    if found.flags & TRACED:
        return ProcessCondition.TRACED
    return ProcessCondition.STOPPED if found.status == STOPPED else ProcessCondition.FINE
