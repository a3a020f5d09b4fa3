"""Opens the page in a session of Windows or a Mac, by what the person there opens pages with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lamplighter_agent.launching import GraphicalSession, SessionKey
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.open import AGAIN_AFTER_S


class Begun(Protocol):
    """A program that was begun for a person."""

    def ended(self) -> Awaitable[int]: ...


class SessionPages:
    """Fulfils `OpensPages`. `start` runs a program as the session's person; `viewer` says which."""

    def __init__(
        self,
        files: PageFiles,
        start: Callable[[GraphicalSession, Sequence[str]], Begun],
        viewer: Callable[[Path], Sequence[str]],
    ) -> None:
        self._files = files
        self._start = start
        self._viewer = viewer
        self._opened: dict[SessionKey, float] = {}
        self._open: set[asyncio.Task[None]] = set()

    def open_for(self, session: GraphicalSession) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._opened.get(session.key, -AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return
        self._opened[session.key] = now
        page, _ = self._files.for_language(session.environment.get("LANG", ""))
        with suppress(OSError):
            watched = asyncio.create_task(_until_ended(self._start(session, self._viewer(page))), name="page")
            self._open.add(watched)
            watched.add_done_callback(self._open.discard)

    async def stop(self) -> None:
        """Let go: a page that is open belongs to the person."""
        watched = list(self._open)
        for task in watched:
            task.cancel()
        await asyncio.gather(*watched, return_exceptions=True)


async def _until_ended(process: Begun) -> None:
    await process.ended()
