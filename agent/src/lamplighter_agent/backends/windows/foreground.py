"""The foreground window of a Windows session: told by events, looked for in case one is missing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.backends.ticks import is_after
from lamplighter_agent.backends.windows._events import WinEvents
from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows._user32 import EVENT_FOREGROUND, EVENT_NAME, User32
from lamplighter_agent.backends.windows.poll_pace import PollPace
from lamplighter_agent.errors import BackendUnavailable

TITLE_LIMIT = 1024


def open_system() -> tuple[User32, Kernel32]:
    """Open them; raise `BackendUnavailable` where something is missing."""
    return User32(), Kernel32()


class WindowsForeground:
    """Reports the foreground window. Everything but the events' thread runs on the loop."""

    name = "Windows events"

    def __init__(self, system: Callable[[], tuple[User32, Kernel32]] = open_system) -> None:
        """Take what opens Windows' libraries, at the start and not before."""
        self._system = system
        self._user32: User32 | None = None
        self._kernel32: Kernel32 | None = None
        self._events: WinEvents | None = None
        self._pace = PollPace()
        self._current: Foreground | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._sink: Callable[[Foreground | None], None] = lambda _: None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        """Report the foreground window at once, then each change."""
        del failed  # Without events the polls go on: this source does not break.
        self._user32, self._kernel32 = self._system()
        self._sink = sink
        self._pace = PollPace()
        self._current = self._read(self._user32, self._kernel32)
        sink(self._current)
        self._events = WinEvents(self._user32, self._kernel32)
        try:
            await self._events.start((EVENT_FOREGROUND, EVENT_NAME), self._on_event, self._events_ended)
        except BackendUnavailable:
            self._events = None
        self._arm()

    async def stop(self) -> None:
        events, self._events = self._events, None
        self._user32 = None
        self._current = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if events is not None:
            await events.stop()

    def check(self) -> FocusCheck:
        """Ask which window is in front now; a change is reported before this returns."""
        self._look()
        now = 0 if self._kernel32 is None else self._kernel32.tick_ms()
        return FocusCheck(window_id=None if self._current is None else self._current.window_id, time_ms=now)

    def _on_event(self, event: int, window: int, time_ms: int) -> None:
        current = self._current
        if event == EVENT_NAME and (current is None or current.window_id != window):
            return
        # A front that changed since our look may have gone and come back; news older than it is no news.
        anew = event == EVENT_FOREGROUND and current is not None and not is_after(time_ms, current.since_ms)
        self._pace.told(changed=self._look(anew=anew))

    def _events_ended(self) -> None:
        self._events = None
        self._pace = PollPace()
        self._arm()

    def _on_timer(self) -> None:
        if self._user32 is None:
            return
        self._pace.looked(changed=self._look())
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._user32 is not None:
            self._timer = asyncio.get_running_loop().call_later(self._pace.wait_s, self._on_timer)

    def _look(self, *, anew: bool = False) -> bool:
        """Compare with what was reported, and report a change; `anew` takes the same window for one."""
        if self._user32 is None or self._kernel32 is None:
            return False
        found = self._read(self._user32, self._kernel32)
        current = self._current
        if found is not None and current is not None and found.window_id == current.window_id and not anew:
            found = replace(found, since_ms=current.since_ms)
        if found == current:
            return False
        self._current = found
        self._sink(found)
        return True

    def _read(self, user32: User32, kernel32: Kernel32) -> Foreground | None:
        window = user32.foreground()
        # Our look, not the news of it: where the focus was between the two nobody can say.
        since_ms = kernel32.tick_ms()
        if not window:
            return None
        return Foreground(
            window_id=window,
            title=user32.title(window, TITLE_LIMIT),
            pid=user32.owner(window).pid or None,
            window_class=user32.class_of(window),
            since_ms=since_ms,
        )
