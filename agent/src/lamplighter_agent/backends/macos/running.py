"""Runs a program of macOS from the service, whose gRPC threads forbid a fork.

With its path in full and nothing to close for it, Python starts it by posix_spawn; none of our descriptors is
inherited, since Python's never are.
"""

import asyncio
import asyncio.subprocess
from collections.abc import Sequence
from contextlib import suppress

_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C"}


async def begin(command: Sequence[str], *, talks: bool = False) -> asyncio.subprocess.Process:
    """Start a program; raises OSError. One that `talks` has pipes for what it reads and says."""
    pipe = asyncio.subprocess.PIPE if talks else asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
        close_fds=False,
    )


async def run(command: Sequence[str]) -> int:
    """Return how it ended, -1 where it could not be started; one that is waited for no more is killed."""
    try:
        process = await begin(command)
    except OSError:
        return -1
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()


class Begun:
    """A program that is being run on the loop; raises nothing."""

    def __init__(self, command: Sequence[str]) -> None:
        self._running = asyncio.get_running_loop().create_task(run(command), name="program")

    async def ended(self) -> int:
        """Return how it ended."""
        return await self._running


async def run_all(commands: Sequence[Sequence[str]]) -> bool:
    """Run one after the other, whatever comes of those before the last; say whether the last succeeded."""
    code = -1
    for command in commands:
        code = await run(command)
    return code == 0
