"""A thread that hears what Windows tells of windows: which is in front, has the focus, changed its name.

Windows delivers these events to the messages of the thread that asked, so the thread does nothing but take
them; each is handed to the loop at once with its time.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows._user32 import EVENT_NAME, User32, WinEventProc
from lamplighter_agent.errors import BackendUnavailable

JOIN_S = 5.0
START_S = 5.0
# The window itself, not a part of it; a focus event names the part that has it.
OBJECT_WINDOW = 0


class Heard(Protocol):
    """Is told each event, on the loop."""

    def __call__(self, event: int, window: int, time_ms: int) -> None: ...


class WinEvents:
    """One thread with hooks for some kinds of events."""

    def __init__(self, user32: User32, kernel32: Kernel32) -> None:
        self._user32 = user32
        self._kernel32 = kernel32
        self._thread: threading.Thread | None = None
        self._id = 0
        self._after: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    async def start(self, events: tuple[int, ...], heard: Heard, broken: Callable[[], None]) -> None:
        """Listen; raise `BackendUnavailable` where Windows refuses. `broken` tells an unasked end."""
        post = poster()
        started: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def tell(hooked: bool) -> None:  # noqa: FBT001 - called through the loop, which passes no keywords
            if not started.done():
                started.set_result(hooked)

        def ended() -> None:
            tell(False)
            if self._thread is thread:
                self._thread = None
                broken()

        def run() -> None:
            self._run(events, lambda *event: post(heard, *event), lambda hooked: post(tell, hooked))
            post(ended)

        self._after = queue.SimpleQueue()
        self._thread = thread = threading.Thread(target=run, name="lamplighter-win-events", daemon=True)
        thread.start()
        done, _ = await asyncio.wait({started}, timeout=START_S)
        if not done or not started.result():
            await self.stop()
            raise BackendUnavailable("WinEvents", "Windows refuses the hook", "sign in again")

    async def stop(self) -> None:
        """End the thread and its hooks; idempotent."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._user32.end_pump(self._id)
            await asyncio.to_thread(thread.join, JOIN_S)

    def after(self, call: Callable[[], None]) -> None:
        """Have `call` made on the events' thread, once all that happened before now has been handed over.

        Callable from every thread. Where the events ended it is never made: nobody knows what happened.
        """
        self._after.put(call)
        self._user32.wake(self._id)

    def _woken(self) -> None:
        self._user32.forget_wakes()
        calls = [self._after.get() for _ in range(self._after.qsize())]
        self._user32.deliver_events()
        for call in calls:
            call()

    def _run(
        self, events: tuple[int, ...], heard: Callable[[int, int, int], None], tell: Callable[[bool], None]
    ) -> None:
        def callback(
            _hook: int, event: int, window: int, part: int, _child: int, _thread: int, ms: int
        ) -> None:
            if window and (part == OBJECT_WINDOW or event != EVENT_NAME):
                heard(event, window, ms)

        # Kept here as long as the hooks live: ctypes would free it.
        procedure = WinEventProc(callback)
        self._id = self._kernel32.thread_id()
        if not self._user32.join_desktop():
            return
        self._user32.make_queue()
        hooks = [self._user32.hook_events(event, procedure) for event in events]
        try:
            if not all(hooks):
                return
            tell(True)
            self._user32.pump(self._woken)
        finally:
            for hook in filter(None, hooks):
                self._user32.unhook_events(hook)
