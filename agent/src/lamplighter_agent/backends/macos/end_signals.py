"""The signals by which launchd has a helper end."""

from collections.abc import Callable


def on_end_signals(stop: Callable[[], None]) -> None:
    """Leave them as they are: they end the process at once.

    The main thread is in Cocoa's loop, where no handler of Python's is ever called. Nothing is left undone
    by such an end: the helper keeps nothing, its item goes with it, and the service is told by the kernel.
    """
    del stop
