"""The foreground window of a sway session, by the compositor's events: nothing is polled.

Titles of the focused window come with their event; who has the focus is read from the tree, because an
event may be older than what the person sees by now. Sway tells the process of a Wayland window by the
kernel's word; of a window under XWayland it passes on what the window says.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lamplighter_agent.backends.linux._sway_ipc import WINDOW, Node, SwayIpc, node_of
from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.errors import BackendUnavailable

PORT = "ForegroundWindow"
REMEDY = "log in again; SWAYSOCK must name the socket of the sway that runs"


class SwayForeground:
    """Reports the focused window of one sway. Fulfils ForegroundWindow; times are this machine's own."""

    name = "sway IPC"

    def __init__(self, path: str) -> None:
        self._path = path
        self._ask: SwayIpc | None = None
        self._news: SwayIpc | None = None
        self._current: Foreground | None = None
        self._sink: Callable[[Foreground | None], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        """Report the focused window at once, then each change."""
        self._sink, self._failed = sink, failed
        try:
            self._ask, self._news = SwayIpc(self._path), SwayIpc(self._path)
            self._news.subscribe("window", "workspace")
            asyncio.get_running_loop().add_reader(self._news.descriptor, self._on_readable)
            self._tell(self._focused())
        except ConnectionError as error:
            await self.stop()
            raise BackendUnavailable(PORT, "the compositor does not answer", REMEDY) from error

    async def stop(self) -> None:
        self._close()
        self._current = None

    def check(self) -> FocusCheck:
        """Ask who has the focus; a change since the last event is reported before this returns."""
        if self._ask is not None:
            try:
                self._look(since=self._news_moved())
            except ConnectionError:
                self._break()
        window_id = self._current.window_id if self._current is not None else None
        return FocusCheck(window_id=window_id, time_ms=_now_ms())

    def _on_readable(self) -> None:
        try:
            if self._news_moved():
                self._look(since=True)
        except ConnectionError:
            self._break()

    def _news_moved(self) -> bool:
        """Take the events that have arrived; say whether one of them may have moved the focus."""
        moved = False
        for kind, told in self._news.events() if self._news is not None else ():
            moved = not (kind == WINDOW and self._is_title(told)) or moved
        return moved

    def _is_title(self, told: Any) -> bool:
        """Whether an event only says that a title changed; that of the focused window is reported."""
        if not isinstance(told, dict) or told.get("change") != "title":
            return False
        node, current = node_of(told.get("container")), self._current
        if current is not None and node.id == current.window_id and node.title != current.title:
            self._tell(replace(current, title=node.title))
        return True

    def _look(self, *, since: bool) -> None:
        """Read the tree. With `since` the focus may have been elsewhere between two looks that agree.

        Then what was pressed counts from this look on; without news of the kind, from the first.
        """
        found = self._focused()
        current = self._current
        same = found is not None and current is not None and found.window_id == current.window_id
        if same and not since and found is not None and current is not None:
            found = replace(found, since_ms=current.since_ms)
        if found != current:
            self._tell(found)

    def _focused(self) -> Foreground | None:
        assert self._ask is not None
        node = next((node for node in self._ask.tree().walk() if _is_focused_window(node)), None)
        if node is None:
            return None
        return Foreground(
            window_id=node.id,
            title=node.title,
            pid=node.pid,
            window_class=node.window_class,
            since_ms=_now_ms(),
        )

    def _tell(self, foreground: Foreground | None) -> None:
        self._current = foreground
        self._sink(foreground)

    def _break(self) -> None:
        self._close()
        self._current = None
        self._failed(BackendUnavailable(PORT, "the compositor closed the connection", REMEDY))

    def _close(self) -> None:
        news, self._news = self._news, None
        if news is not None:
            asyncio.get_running_loop().remove_reader(news.descriptor)
            news.close()
        ask, self._ask = self._ask, None
        if ask is not None:
            ask.close()


def _is_focused_window(node: Node) -> bool:
    return node.focused and node.pid is not None


def _now_ms() -> int:
    return round(time.monotonic() * 1000) & 0xFFFFFFFF
