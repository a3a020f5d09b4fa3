"""A pretended Windows: windows, a front, a focus, and events that its threads are told of.

What is posted to a thread is taken before the events that wait for it, because Windows promises no order.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows._user32 import (
    EVENT_FOCUS,
    EVENT_FOREGROUND,
    EVENT_NAME,
    Owner,
    User32,
)

PID = 41


@dataclass(slots=True)
class Window:
    """One of them. `fields` are its children: number and style."""

    title: str
    class_name: str = "Notepad"


@dataclass(slots=True)
class _Thread:
    hooks: dict[int, tuple[int, Callable[..., None]]] = field(default_factory=dict)
    events: list[tuple[int, int, int]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)


class PretendedWindows:
    """Fulfils what is used of `User32` and `Kernel32`. `deaf` threads are told of no event for now.

    Where `elsewhere` no thread gets to the desktop of its process.
    """

    def __init__(self) -> None:
        self.windows: dict[int, Window] = {}
        self.styles: dict[int, int] = {}
        self.front = self.focused = 0
        self.deaf = False
        self.refuses = self.elsewhere = False
        self._tick = 1000
        self._changed = threading.Condition()
        self._threads: dict[int, _Thread] = {}
        self._numbers = 100

    def system(self) -> tuple[User32, Kernel32]:
        return cast("User32", self), cast("Kernel32", self)

    # --- what a test does ---

    def open(self, title: str) -> int:
        number = self._number()
        self.windows[number] = Window(title)
        self.bring(number)
        return number

    def edit(self, style: int) -> int:
        """Make a text field, whose style may say that it is secret."""
        number = self._number()
        self.windows[number] = Window("", "Edit")
        self.styles[number] = style
        return number

    def bring(self, number: int) -> None:
        self.front = number
        self.tell(EVENT_FOREGROUND, number)

    def focus_on(self, number: int) -> None:
        self.focused = number
        self.tell(EVENT_FOCUS, number)

    def retitle(self, number: int, title: str) -> None:
        self.windows[number].title = title
        self.tell(EVENT_NAME, number)

    def close(self, number: int) -> None:
        del self.windows[number]
        if self.front == number:
            self.front = 0

    def tell(self, event: int, window: int) -> None:
        """Put an event into the queue of each thread that hooked it."""
        at = self.tick_ms()
        with self._changed:
            for thread in self._threads.values():
                if any(kind == event for kind, _ in thread.hooks.values()):
                    thread.events.append((event, window, at))
            self._changed.notify_all()

    def hear(self) -> None:
        """Have the threads hear again."""
        with self._changed:
            self.deaf = False
            self._changed.notify_all()

    # --- kernel32 ---

    def tick_ms(self) -> int:
        with self._changed:
            self._tick += 1
            return self._tick

    def thread_id(self) -> int:
        return threading.get_ident()

    def image_of(self, pid: int) -> str:
        return r"C:\Program Files\Notes\notes.exe" if pid == PID else ""

    # --- user32 ---

    def foreground(self) -> int:
        return self.front

    def focus(self) -> int:
        return self.focused

    def owner(self, window: int) -> Owner:
        return Owner(pid=PID, thread=7) if window in self.windows else Owner(pid=0, thread=0)

    def title(self, window: int, limit: int) -> str:
        return self.windows[window].title[:limit] if window in self.windows else ""

    def class_of(self, window: int) -> str:
        return self.windows[window].class_name if window in self.windows else ""

    def style(self, window: int) -> int:
        return self.styles.get(window, 0)

    def join_desktop(self) -> bool:
        return not self.elsewhere

    def make_queue(self) -> None:
        with self._changed:
            self._threads[threading.get_ident()] = _Thread()

    def hook_events(self, event: int, callback: Any) -> int:
        if self.refuses:
            return 0
        number = self._number()
        self._mine.hooks[number] = event, callback
        return number

    def unhook_events(self, hook: int) -> None:
        del self._mine.hooks[hook]

    def pump(self, woken: Callable[[], None]) -> None:
        while (message := self._message()) != "quit":
            if message == "wake":
                woken()
            else:
                self.deliver_events()

    def wake(self, thread: int) -> None:
        self._post(thread, "wake")

    def end_pump(self, thread: int) -> None:
        self._post(thread, "quit")

    def forget_wakes(self) -> None:
        with self._changed:
            self._mine.posted[:] = [one for one in self._mine.posted if one != "wake"]

    def deliver_events(self) -> None:
        with self._changed:
            events, self._mine.events = self._mine.events, []
        for event, window, at in events:
            for kind, callback in list(self._mine.hooks.values()):
                if kind == event:
                    callback(0, event, window, 0, 0, 0, at)

    @property
    def _mine(self) -> _Thread:
        return self._threads[threading.get_ident()]

    def _message(self) -> str:
        mine = self._mine
        with self._changed:
            self._changed.wait_for(lambda: mine.posted or (mine.events and not self.deaf))
            return mine.posted.pop(0) if mine.posted else "event"

    def _post(self, thread: int, message: str) -> None:
        with self._changed:
            if thread in self._threads:
                self._threads[thread].posted.append(message)
            self._changed.notify_all()

    def _number(self) -> int:
        with self._changed:
            self._numbers += 1
            return self._numbers
