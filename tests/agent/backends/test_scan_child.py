"""A scan in a process of its own: real processes that answer, fall silent, and end too early."""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.scan_child import carried_out
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

from tests.support.waiting import wait_for

Said = tuple[int, int]
ORDER = Order(parent=os.getpid(), folder="/nowhere", clamd="", answers_within_s=1.0)
# Carries out an order as the real ones do, with other work.
CHILD = """
import os, sys, threading
from pathlib import Path
from lamplighter_agent.backends.scan_process import carry_out
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

def work(order, said):
    if order.folder == "hang":
        Path(order.room).write_text(str(os.getpid()))
        threading.Event().wait()
    if order.folder == "broken":
        raise ValueError("a name of a file")
    said(3, 12)
    return ScanOutcome(reason=Reason.CLEAN, files=len(order.folder))

sys.exit(carry_out(work))
"""


async def run(
    code: str, order: Order = ORDER, silent: float = 20.0
) -> tuple[ScanOutcome, list[tuple[int, int]]]:
    heard: list[Said] = []
    outcome = await carried_out(
        [sys.executable, "-c", code], order, lambda *one: heard.append(one), silent_at_most_s=silent
    )
    return outcome, heard


async def test_what_it_says_is_heard() -> None:
    outcome, heard = await run(CHILD)
    assert (outcome.reason, outcome.files, heard) == (Reason.CLEAN, len("/nowhere"), [(3, 12)])


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import sys; sys.exit(3)",
        "print('not json')",
        'print(\'{"outcome": {"reason": "clean"}}\')',
        "print('x' * 400000)",
    ],
    ids=["silent end", "error", "nonsense", "no outcome", "a line without end"],
)
async def test_whatever_else_it_does_is_not_clean(code: str) -> None:
    outcome, _ = await run(code)
    assert outcome.reason is Reason.SCANNER_FAILED


async def test_an_error_of_the_work_is_told_without_its_words() -> None:
    outcome, _ = await run(CHILD, Order(parent=1, folder="broken", clamd="", answers_within_s=1.0))
    assert outcome.reason is Reason.SCANNER_FAILED


async def test_a_program_that_is_not_there_is_not_clean() -> None:
    outcome = await carried_out(["/nowhere/scan"], ORDER, lambda _f, _b: None)
    assert outcome.reason is Reason.SCANNER_FAILED


async def test_silence_ends_it(tmp_path: Path) -> None:
    order = Order(parent=1, folder="hang", room=str(tmp_path / "pid"), clamd="", answers_within_s=1.0)
    outcome, _ = await run(CHILD, order, silent=3.0)
    assert outcome.reason is Reason.SCANNER_HUNG
    assert not alive(tmp_path / "pid")


async def test_a_cancelled_scan_leaves_no_process(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    order = Order(parent=1, folder="hang", room=str(told), clamd="", answers_within_s=1.0)
    scan = asyncio.create_task(run(CHILD, order))
    await asyncio.to_thread(wait_for, told.exists, "the scan to begin")
    scan.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await scan
    assert not alive(told)


async def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    line = Order(parent=1, folder="hang", room=str(told), clamd="", answers_within_s=1.0).line()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    assert process.stdin is not None
    process.stdin.write(line)
    await asyncio.to_thread(wait_for, told.exists, "the scan to begin")
    # As the kernel does with what a killed service had open.
    process.stdin.close()
    assert await process.wait() == 1


def alive(told: Path) -> bool:
    """Say whether the process runs that told its number."""
    if not told.exists():
        return False
    with contextlib.suppress(ProcessLookupError, json.JSONDecodeError):
        os.kill(json.loads(told.read_text()), 0)
        return True
    return False
