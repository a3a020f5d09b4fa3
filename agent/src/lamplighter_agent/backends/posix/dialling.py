"""Reaching a local socket as every POSIX system has it."""

import asyncio
from pathlib import Path


async def dial(protocol: asyncio.Protocol, path: Path) -> None:
    """Connect to the service's socket."""
    await asyncio.get_running_loop().create_unix_connection(lambda: protocol, str(path))
