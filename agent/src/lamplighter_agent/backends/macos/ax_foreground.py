"""The foreground window of a macOS session, by accessibility: no right to see the screen is needed.

A window surely has the keys since the time that was read after the system named it, never since the news of
it. News of the focus begins that time anew also where the same window is in front again: another one may have
been there between. News of a title does not.
"""

from collections.abc import Callable

from lamplighter_agent.backends.macos.system import Close, OpensSystem, System
from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

PORT = "ForegroundWindow"
PERMISSION = "allow Lamplighter under Privacy and Security, Accessibility, or by the school's profile"
# No title is kept beyond this many characters.
TITLE_LIMIT = 4096


class AxForeground:
    """Reports the focused window of the frontmost program."""

    name = "accessibility titles"

    def __init__(self, opens: OpensSystem) -> None:
        self._opens = opens
        self._system: System | None = None
        self._close: Close | None = None
        self._run = 0
        self._current: Foreground | None = None
        self._time_ms = 0
        self._sink: Callable[[Foreground | None], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        """Report the window in front at once, then each change."""
        system = self._opens()
        if not system.trusted():
            raise BackendUnavailable(PORT, "Accessibility is not granted", PERMISSION)
        post = poster()
        self._run += 1
        run = self._run
        self._system, self._sink, self._failed, self._current = system, sink, failed, None
        self._close = system.watch_windows(
            lambda: post(self._on_change, run, True), lambda: post(self._on_change, run, False)
        )
        self._look(system)

    async def stop(self) -> None:
        close, self._close = self._close, None
        self._system = self._current = None
        if close is not None:
            close()

    def check(self) -> FocusCheck:
        """Ask now; a change is reported before this returns."""
        if self._system is not None:
            self._look(self._system)
        return FocusCheck(window_id=self._current.window_id if self._current else None, time_ms=self._time_ms)

    def _on_change(self, run: int, focus: bool) -> None:  # noqa: FBT001 - a callback's
        if run == self._run and self._system is not None:
            self._look(self._system, anew=focus)

    def _look(self, system: System, *, anew: bool = False) -> None:
        """Ask who is in front; `anew`: another one may have been meanwhile, and had the keys."""
        if not system.trusted():
            self._break()
            return
        front = system.front()
        self._time_ms = system.now_ms()
        before = self._current
        if front is None:
            self._current = None
        else:
            same = before is not None and (before.window_id, before.pid) == (front.number, front.pid)
            self._current = Foreground(
                window_id=front.number,
                title=front.title[:TITLE_LIMIT],
                pid=front.pid,
                window_class=front.bundle,
                since_ms=before.since_ms if same and not anew and before is not None else self._time_ms,
            )
        if self._current != before:
            self._sink(self._current)

    def _break(self) -> None:
        close, self._close = self._close, None
        self._system = self._current = None
        if close is not None:
            close()
            self._failed(BackendUnavailable(PORT, "Accessibility is no longer granted", PERMISSION))
