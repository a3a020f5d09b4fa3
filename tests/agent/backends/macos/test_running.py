"""Programs that the service runs on a Mac, tried with this machine's."""

import asyncio
import os
import signal
from pathlib import Path

from lamplighter_agent.backends.macos.running import Begun, run, run_all

from tests.support.waiting import until


async def test_a_program_s_end_is_told_and_one_that_is_not_there_too() -> None:
    assert await run(["/bin/sh", "-c", "exit 3"]) == 3
    assert await run(["/nowhere/program"]) == -1
    assert await Begun(["/bin/sh", "-c", "exit 4"]).ended() == 4


async def test_of_several_the_last_one_counts() -> None:
    fails, works = ["/bin/sh", "-c", "exit 1"], ["/bin/sh", "-c", "exit 0"]
    assert await run_all([fails, works])
    assert not await run_all([works, fails])


async def test_one_that_nobody_waits_for_any_more_is_ended(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    waiting = asyncio.create_task(
        run(["/bin/sh", "-c", f"echo $$ > {said}.new; mv {said}.new {said}; exec sleep 600"])
    )
    await until(said.exists)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pid = int(said.read_text())
    await until(lambda: not alive(pid))


async def test_it_gets_no_descriptor_and_no_variable_of_ours(tmp_path: Path) -> None:
    said, held = tmp_path / "said", os.open("/dev/null", os.O_RDONLY)
    try:
        await run(["/bin/sh", "-c", f"ls /proc/self/fd > {said}; env >> {said}"])
    finally:
        os.close(held)
    found = said.read_text().split()
    assert str(held) not in found
    assert "HOME=" not in said.read_text()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return True
