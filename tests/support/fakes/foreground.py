"""A foreground window without a display."""

from collections.abc import Callable

from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.errors import BackendUnavailable


class FakeForeground:
    """Shows the window that the test names; `time_ms` is the server's time."""

    name = "fake windows"

    def __init__(self) -> None:
        self.unavailable: BackendUnavailable | None = None
        self.time_ms = 0
        # What happened at the server but has not been reported: told at the next check.
        self.on_its_way: list[Foreground | None] = []
        # None: the focus is where the reported window is.
        self.focus_elsewhere = False
        self._now: Foreground | None = None
        self._sink: Callable[[Foreground | None], None] | None = None
        self._failed: Failed | None = None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        if self.unavailable is not None:
            raise self.unavailable
        self._sink, self._failed = sink, failed
        if self._now is not None:
            sink(self._now)

    async def stop(self) -> None:
        self._sink = self._failed = None

    def check(self) -> FocusCheck:
        waiting, self.on_its_way = self.on_its_way, []
        for window in waiting:
            self.show(window)
        known = self._now is not None and self._now.has_keyboard and not self.focus_elsewhere
        return FocusCheck(
            window_id=self._now.window_id if known and self._now else None, time_ms=self.time_ms
        )

    def show(self, window: Foreground | None) -> None:
        self._now = window
        if self._sink is not None:
            self._sink(window)

    def fail(self, problem: BackendUnavailable) -> None:
        failed, self._sink = self._failed, None
        assert failed is not None
        failed(problem)
