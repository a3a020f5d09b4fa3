"""A scan in a process of its own, for systems without descriptors of processes: macOS and Windows.

Started by `posix_spawn` on a Mac, never by a fork, since gRPC runs in this process. Whatever it does (end
without an outcome, fall silent, say what is none), nothing is clean.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Sequence

from lamplighter_agent.media.scan.order import LONGEST_LINE, Order, said
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

# Beyond what reading and judging the largest file takes on a slow stick.
SILENT_AT_MOST_S = 900.0
ENDS_WITHIN_S = 5.0


async def carried_out(
    command: Sequence[str],
    order: Order,
    progress: Callable[[int, int], None],
    *,
    silent_at_most_s: float = SILENT_AT_MOST_S,
) -> ScanOutcome:
    """Start `command`, have it carry out an order and return what came of it; it has ended by then."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            limit=2 * LONGEST_LINE,
            # What we have open is not inherited anyway, and so a Mac spawns.
            close_fds=False,
        )
    except OSError:
        return ScanOutcome(reason=Reason.SCANNER_FAILED)
    try:
        return await _heard(process, order, progress, silent_at_most_s)
    finally:
        await _end(process)


async def _heard(
    process: asyncio.subprocess.Process,
    order: Order,
    progress: Callable[[int, int], None],
    silent_at_most_s: float,
) -> ScanOutcome:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # Stays open: its end is how the process learns of ours.
        process.stdin.write(order.line())
        await process.stdin.drain()
        while True:
            async with asyncio.timeout(silent_at_most_s):
                line = await process.stdout.readline()
            told = said(line)
            if isinstance(told, ScanOutcome):
                return told
            progress(*told)
    except TimeoutError:
        return ScanOutcome(reason=Reason.SCANNER_HUNG)
    except (OSError, ValueError):
        return ScanOutcome(reason=Reason.SCANNER_FAILED)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    waiting = asyncio.create_task(process.wait(), name="end of a scan")
    # Killed it ends at once, but where the kernel waits for a medium that doesn't answer.
    await asyncio.wait({waiting}, timeout=ENDS_WITHIN_S)
    if process.stdin is not None:
        process.stdin.close()
