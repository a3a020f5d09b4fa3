"""Files and folders as Windows has them; each function promises what `backends/select_files.py` says of it.

Who may read a file is inherited from the state folder, which is made for the service alone
(`folder_access.py`); a file for everybody says so itself.
"""

import errno
import importlib
import os
import threading
from pathlib import Path
from typing import Final

# fcntl.h of Windows: bytes as they are, and no handle for programs that we start.
_BINARY, _NOT_INHERITED = 0x8000, 0x80
FLAGS: Final = _BINARY | _NOT_INHERITED
PRIVATE: Final = "a file that its access list opens to the service and to administrators alone"
# A reader that has the file open, or a scanner that looks at a new one, keeps it for a moment.
_TRIES, _PAUSE_SECONDS = 5, 0.02
# Of LockFileEx, and its answer where somebody else has the lock.
_EXCLUSIVE, _AT_ONCE, _LOCKED = 0x2, 0x1, 33


def read_at(descriptor: int, count: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, count)


def write_at(descriptor: int, content: memoryview, offset: int) -> int:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.write(descriptor, content)


def sync_folder(folder: Path) -> None:
    """Nothing to do: NTFS keeps a journal of names, and no folder can be flushed by itself."""


def replace(aside: Path, path: Path) -> None:
    pause = threading.Event()
    for _ in range(_TRIES - 1):
        try:
            aside.replace(path)
        except PermissionError:
            pause.wait(_PAUSE_SECONDS)
        else:
            return
    aside.replace(path)


def readable_by_all(path: Path, descriptor: int) -> None:
    del descriptor
    # Not before a file is for everybody: it is half of what this module takes to load.
    from lamplighter_agent.backends.windows.folder_access import show_file  # noqa: PLC0415

    show_file(path)


def only_for_us(path: Path, descriptor: int) -> None:
    del descriptor
    from lamplighter_agent.backends.windows.folder_access import hide_file  # noqa: PLC0415 - as above

    hide_file(path)


def others_may_read(path: Path) -> bool:
    from lamplighter_agent.backends.windows.folder_access import is_shown  # noqa: PLC0415 - as above

    return is_shown(path)


def lock(descriptor: int, *, wait: bool) -> None:
    # Loaded by whoever only keeps files, the tests on other systems too.
    import pywintypes  # noqa: PLC0415
    import win32file  # noqa: PLC0415

    handle = importlib.import_module("msvcrt").get_osfhandle(descriptor)
    how = _EXCLUSIVE if wait else _EXCLUSIVE | _AT_ONCE
    try:
        win32file.LockFileEx(handle, how, 1, 0, pywintypes.OVERLAPPED())
    except pywintypes.error as error:
        if error.winerror == _LOCKED:
            raise BlockingIOError(errno.EAGAIN, "locked") from error
        raise OSError(error.winerror, error.strerror) from error
