"""Asks which field has the focus and whether it is secret, on a thread of its own.

Windows answers at once for its own fields; for all others UI Automation asks the program, which may take long
or never answer. While an answer is out nothing is read, so a program that does not answer stays unread.
"""

import asyncio
import contextlib
import functools
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows._events import WinEvents
from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows._uia import Uia, UiaField
from lamplighter_agent.backends.windows._user32 import EVENT_FOCUS, EVENT_FOREGROUND, User32
from lamplighter_agent.backends.windows.field_keys import NOTHING, Field
from lamplighter_agent.backends.windows.field_rule import ElementFacts, WindowFacts, is_edit, role_of
from lamplighter_agent.backends.windows.foreground import open_system
from lamplighter_agent.errors import BackendUnavailable

JOIN_S = 5.0


class Answered(Protocol):
    """Is told an answer, on the loop: it was asked for at one tick and complete at the other."""

    def __call__(self, field: Field, asked_ms: int, known_ms: int) -> None: ...


class FocusProbe:
    """Answers `ask`, and tells when the focus moved."""

    def __init__(self, system: Callable[[], tuple[User32, Kernel32]] = open_system) -> None:
        """Take what opens Windows' libraries, at the start and not before."""
        self._system = system
        self._asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._events: WinEvents | None = None

    async def start(
        self, answered: Answered, moved: Callable[[], None], broken: Callable[[BackendUnavailable], None]
    ) -> None:
        """Begin; raise `BackendUnavailable` where Windows tells nothing of the focus."""
        user32, kernel32 = self._system()
        post = poster()

        def heard(event: int, window: int, time_ms: int) -> None:
            del event, window, time_ms
            moved()

        events = WinEvents(user32, kernel32)
        await events.start(
            (EVENT_FOREGROUND, EVENT_FOCUS),
            heard,
            lambda: broken(BackendUnavailable("AccessibleText", "Windows' events ended", "sign in again")),
        )
        self._events = events
        asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._asked = asked

        def run() -> None:
            # Refused to the events, too, which then did not begin.
            if not user32.join_desktop():
                return
            reader = FocusReader(user32, kernel32)
            try:
                while asked.get():
                    asked_ms = kernel32.tick_ms()
                    field = reader.read()
                    answer = functools.partial(post, answered, field, asked_ms, kernel32.tick_ms())
                    # Not before the loop has heard of every move up to now: a secret field that had the
                    # focus between two looks voids the first one.
                    events.after(answer)
            finally:
                reader.close()

        self._thread = threading.Thread(target=run, name="lamplighter-focus", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Have the focus asked for; the answer comes to `answered`."""
        self._asked.put(True)

    async def stop(self) -> None:
        events, self._events = self._events, None
        thread, self._thread = self._thread, None
        if events is not None:
            await events.stop()
        if thread is not None:
            self._asked.put(False)
            await asyncio.to_thread(thread.join, JOIN_S)


class FocusReader:
    """Reads the focus; belongs to one thread, because UI Automation does."""

    def __init__(self, user32: User32, kernel32: Kernel32) -> None:
        self._user32 = user32
        self._kernel32 = kernel32
        self._uia: Uia | None = None
        with contextlib.suppress(BackendUnavailable):
            self._uia = Uia()
        self._program: tuple[int, str] = (0, "")

    def close(self) -> None:
        if self._uia is not None:
            self._uia.close()

    def read(self) -> Field:
        """Return what has the focus; `NOTHING` where Windows does not say or it changed meanwhile."""
        user32 = self._user32
        front, focus = user32.foreground(), user32.focus()
        if not front or not focus:
            return NOTHING
        window = WindowFacts(
            front_class=user32.class_of(front),
            program=self._program_of(user32.owner(front).pid),
            focus_class=user32.class_of(focus),
            style=user32.style(focus),
        )
        if is_edit(window.focus_class):
            found = Field(f"{front}/{focus}", role_of(window, None), user32.owner(focus).pid or None)
        else:
            element = None if self._uia is None else self._uia.focused()
            found = _field(front, focus, window, element)
        still = (front, focus) == (user32.foreground(), user32.focus())
        return found if still else NOTHING

    def _program_of(self, pid: int) -> str:
        if self._program[0] != pid:
            self._program = (pid, self._kernel32.image_of(pid).rsplit("\\", 1)[-1])
        return self._program[1]


def _field(front: int, focus: int, window: WindowFacts, element: UiaField | None) -> Field:
    if element is None:
        return Field(f"{front}/{focus}", role_of(window, None), None)
    facts = ElementFacts(
        control_type=element.control_type, class_name=element.class_name, password=element.password
    )
    key = f"{front}/{focus}/" + ".".join(map(str, element.runtime_id))
    return Field(key, role_of(window, facts), element.pid)
