"""Reads for pages: each in a snapshot transaction of its own, on a few threads beside the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import Connection

from lamplighter_collector.db.engine import reading_engine
from lamplighter_collector.db.faults import translated

_T = TypeVar("_T")
_THREADS: Final = 4


class Reader:
    """Owns the reading engine and its threads. ``close`` joins them."""

    def __init__(self, url: str) -> None:
        self._engine = reading_engine(url, connections=_THREADS)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="collector-reader")

    async def read(self, query: Callable[[Connection], _T]) -> _T:
        """Run ``query`` on a thread.

        Raises:
            StoreUnavailable: the database can't be reached or does not answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, query)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _run(self, query: Callable[[Connection], _T]) -> _T:
        with translated(), self._engine.begin() as connection:
            return query(connection)
