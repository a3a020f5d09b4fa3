"""A running writer over any store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lamplighter_collector.ingest.services import Store
from lamplighter_collector.ingest.writer import Writer


@asynccontextmanager
async def running(store: Store, committed: Callable[[], None] = lambda: None) -> AsyncIterator[Writer]:
    writer = Writer(store, loop=asyncio.get_running_loop(), committed=committed)
    writer.start()
    try:
        yield writer
    finally:
        await writer.stop()
