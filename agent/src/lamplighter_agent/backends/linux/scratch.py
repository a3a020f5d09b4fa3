"""Room for what is kept for a moment: memory, as a file without a name or as what is read ahead."""

import os


def nameless() -> int:
    """Return an empty file that nobody can find and that is gone once it is closed; raises OSError."""
    return os.memfd_create("", os.MFD_CLOEXEC)


def ahead(descriptor: int, count: int) -> None:
    """Have the start of a file read before somebody asks for it; raises OSError."""
    os.posix_fadvise(descriptor, 0, count, os.POSIX_FADV_WILLNEED)
