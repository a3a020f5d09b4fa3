"""Runs the sensing backends and tells what they report."""

import asyncio
import sys
import threading

from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    FieldFocused,
    Foreground,
    TextDeleted,
    TextInserted,
    TextLost,
)
from lamplighter_agent.backends.windows._events import WinEvents
from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows._user32 import EVENT_FOREGROUND, EVENT_NAME, User32
from lamplighter_agent.backends.windows.foreground import WindowsForeground
from lamplighter_agent.backends.windows.keys_hook import HookKeys
from lamplighter_agent.backends.windows.secret_field import FocusProbe
from lamplighter_agent.backends.windows.typed_text import WindowsText

from tests.wine.inside.report import Report

# Far longer than anybody types a word, far longer than Windows waits for a hook.
HOLD_S = 6.0


class Seen:
    """What the backends report."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def window(self, window: Foreground | None) -> None:
        self._report.say(title="" if window is None else window.title)

    def field(self, event: AccessibleEvent) -> None:
        if isinstance(event, FieldFocused):
            self._report.say(role=event.role.name)
        elif isinstance(event, TextInserted):
            self._report.say(text=event.text)
        elif isinstance(event, TextDeleted):
            self._report.say(deleted=event.count)
        elif isinstance(event, TextLost):
            self._report.say(lost=event.count)

    def event(self, event: int, window: int, time_ms: int) -> None:
        del window, time_ms
        self._report.say(event=event)

    def failed(self, problem: object) -> None:
        self._report.say(failed=str(problem))


async def main(report: Report) -> None:
    seen = Seen(report)
    events = WinEvents(User32(), Kernel32())
    foreground, text = WindowsForeground(), WindowsText(HookKeys(), FocusProbe())
    await events.start((EVENT_FOREGROUND, EVENT_NAME), seen.event, lambda: seen.failed("events ended"))
    await foreground.start(seen.window, seen.failed)
    await text.start(seen.field, seen.failed)
    report.say(started=True)
    while (line := await asyncio.to_thread(sys.stdin.readline)).strip() == "hold":
        # The loop stands still, as when the machine is busy; the hook must not.
        report.say(holding=True)
        threading.Event().wait(HOLD_S)
        report.say(holding=False)
    report.say(asked=line.strip())
    await text.stop()
    await foreground.stop()
    await events.stop()
    report.say(stopped=sorted(thread.name for thread in threading.enumerate()))


if __name__ == "__main__":
    asyncio.run(main(Report(sys.argv[1])))
