"""Room for what is kept for a moment: a file that has lost its name, since macOS has none in memory."""

import os


def nameless() -> int:
    """Return an empty file that nobody finds any more and that is gone once it is closed; raises OSError."""
    import tempfile  # noqa: PLC0415 - for whoever scans, not for all who keep files

    descriptor, path = tempfile.mkstemp()
    os.unlink(path)  # noqa: PTH108 - before anything is in it
    return descriptor


def ahead(descriptor: int, count: int) -> None:
    """Nothing to do: the system reads ahead by itself."""
    del descriptor, count
