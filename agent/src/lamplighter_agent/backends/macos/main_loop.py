"""Cocoa wants the main thread: its run loop stays there; what the helper does has a thread of its own."""

import threading
from collections.abc import Callable


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
