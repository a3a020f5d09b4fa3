"""Cocoa wants the main thread: its run loop stays there; what the helper does has a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from lamplighter_agent.errors import BackendUnavailable


class Application(Protocol):
    """The main thread's loop. `end` may be called from any thread, also before `run`."""

    def run(self) -> None: ...

    def end(self) -> None: ...


def run_session(work: Callable[[], Coroutine[Any, Any, int]], opens: Callable[[], Application]) -> int:
    """Run the helper's work beside Cocoa's loop; without Cocoa alone, so that it can say what is missing."""
    try:
        application = opens()
    except BackendUnavailable:
        return asyncio.run(work())
    return run_beside(lambda: asyncio.run(work()), run=application.run, end=application.end)


def run_beside(work: Callable[[], int], *, run: Callable[[], None], end: Callable[[], None]) -> int:
    """Run `work` (the event loop) in a thread and `run` (the main run loop) here; return what `work` does.

    `end` makes `run` return; it is called from the thread when `work` is over, however it ends. An error of
    `work` is raised here.
    """
    results: list[int] = []
    errors: list[BaseException] = []

    def worker() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            errors.append(error)
        finally:
            end()

    thread = threading.Thread(target=worker, name="lamplighter-event-loop")
    thread.start()
    run()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
