"""Room for what is kept for a moment: a file of the service's own that goes when it is closed."""

import os

from lamplighter_agent.backends.windows.disk import FLAGS

# fcntl.h of Windows: kept in memory where there is room, and deleted at the last close.
_SHORT_LIVED, _TEMPORARY = 0x1000, 0x40
_TRIES = 16


def nameless() -> int:
    """Return an empty file that is gone once it is closed; raises OSError."""
    import tempfile  # noqa: PLC0415 - for whoever scans, not for all who keep files

    folder = tempfile.gettempdir()
    for _ in range(_TRIES):
        path = os.path.join(folder, f"lamplighter-{os.urandom(16).hex()}")  # noqa: PTH118
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | FLAGS | _SHORT_LIVED | _TEMPORARY
            return os.open(path, flags, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "no name is free")


def ahead(descriptor: int, count: int) -> None:
    """Nothing to do: the system reads ahead by itself."""
    del descriptor, count
