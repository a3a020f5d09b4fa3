"""Whether a path stays within a folder, by the kernel's word: openat2, which refuses each step out of it."""

import ctypes
import os

_OPENAT2 = 437
_NO_OTHER_FILE_SYSTEM = 0x01
_NO_MAGIC_LINKS = 0x02
_BENEATH = 0x08


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def within(root: int, path: bytes) -> bool:
    """Follow a path from an open folder through all its links: True where it ends below that folder.

    False also for links in a circle, links to nothing, and where the kernel is older than 5.6.
    """
    how = _How(os.O_PATH | os.O_CLOEXEC, 0, _BENEATH | _NO_MAGIC_LINKS | _NO_OTHER_FILE_SYSTEM)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(
        ctypes.c_long(_OPENAT2),
        ctypes.c_int(root),
        path,
        ctypes.byref(how),
        ctypes.c_size_t(ctypes.sizeof(how)),
    )
    if descriptor < 0:
        return False
    os.close(descriptor)
    return True
