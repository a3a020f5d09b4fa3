"""Volumes of Windows: which there are, where they are mounted, locking them. Never ran on Windows."""

import contextlib
import ctypes
from collections.abc import Callable
from ctypes import wintypes
from pathlib import Path
from typing import Any, Final

import pywintypes
import win32security
import win32ts

from lamplighter_agent.backends.windows import _letters, session_watch
from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.backends.windows._storage import (
    DISMOUNT_VOLUME,
    LOCK_VOLUME,
    READ_WRITE,
    SET_DISK_ATTRIBUTES,
    Storage,
    attributes,
    last_error,
)
from lamplighter_agent.backends.windows.media_system import Held

_NAME_ROOM: Final = 64
_PATHS_ROOM: Final = 32768
_INVALID: Final = ctypes.c_void_p(-1).value
# Somebody who just closes a file keeps a volume from being locked for a moment.
_LOCK_TRIES: Final = 5


class Volumes:
    """Fills `VolumeControl`, and lists volumes. Any thread."""

    def __init__(self, storage: Storage) -> None:
        """Bind the calls; raise `BackendUnavailable` where one is missing."""
        self._storage = storage
        take, handle, dword = Library("kernel32").function, ctypes.c_void_p, wintypes.DWORD
        name, text = wintypes.LPCWSTR, wintypes.LPWSTR
        self._first = take("FindFirstVolumeW", handle, text, dword)
        self._next = take("FindNextVolumeW", wintypes.BOOL, handle, text, dword)
        self._end = take("FindVolumeClose", wintypes.BOOL, handle)
        self._paths = take(
            "GetVolumePathNamesForVolumeNameW", wintypes.BOOL, name, text, dword, ctypes.POINTER(dword)
        )
        self._delete = take("DeleteVolumeMountPointW", wintypes.BOOL, name)
        self._set = take("SetVolumeMountPointW", wintypes.BOOL, name, name)
        self._at = take("GetVolumeNameForVolumeMountPointW", wintypes.BOOL, name, text, dword)
        self._about = take(
            "GetVolumeInformationW", wintypes.BOOL, name, text, dword, *[ctypes.c_void_p] * 3, text, dword
        )
        self._device = take("QueryDosDeviceW", dword, name, text, dword)
        self._letters = take("GetLogicalDrives", dword)

    def names(self) -> list[str]:
        """Return all volumes that are there."""
        name = ctypes.create_unicode_buffer(_NAME_ROOM)
        search = self._first(name, _NAME_ROOM)
        if search is None or search == _INVALID:
            raise last_error("listing volumes")
        found = [name.value]
        try:
            while self._next(search, name, _NAME_ROOM):
                found.append(name.value)
        finally:
            self._end(search)
        return found

    def about(self, volume: str) -> tuple[str, str, str]:
        """Return file system, its number and label; each "" where none is recognised, or it is locked."""
        label, system = (ctypes.create_unicode_buffer(_NAME_ROOM) for _ in range(2))
        number = wintypes.DWORD()
        told = self._about(volume, label, _NAME_ROOM, ctypes.byref(number), None, None, system, _NAME_ROOM)
        if not told:
            return "", "", ""
        return system.value, f"{number.value >> 16:04X}-{number.value & 0xFFFF:04X}", label.value

    def paths_of(self, volume: str) -> list[str]:
        room, count = ctypes.create_unicode_buffer(_PATHS_ROOM), wintypes.DWORD()
        if not self._paths(volume, room, _PATHS_ROOM, ctypes.byref(count)):
            raise last_error("asking for letters")
        return [one for one in ctypes.wstring_at(room, count.value).split("\0") if one]

    def remove_path(self, path: str) -> None:
        if not self._delete(_folder(path)):
            raise last_error("taking a letter away")

    def mount(self, volume: str, folder: str) -> None:
        if not self._set(_folder(folder), volume):
            raise last_error("mounting")

    def mounted_at(self, folder: str) -> str:
        name = ctypes.create_unicode_buffer(_NAME_ROOM)
        return name.value if self._at(_folder(folder), name, _NAME_ROOM) else ""

    def lock(self, volume: str) -> Held:
        for more in reversed(range(_LOCK_TRIES)):
            handle = self._storage.open(volume.rstrip("\\"), READ_WRITE)
            try:
                self._storage.control(handle, LOCK_VOLUME)
            except OSError:
                # Whoever has files of it open loses them; then it is tried again.
                with contextlib.suppress(OSError):
                    self._storage.control(handle, DISMOUNT_VOLUME)
                self._storage.close(handle)
                if not more:
                    raise
            else:
                return _Handle(self._storage, handle)
        raise AssertionError

    def set_read_only(self, disk: int, *, read_only: bool) -> None:
        with self._storage.opened(f"\\\\.\\PhysicalDrive{disk}", READ_WRITE) as handle:
            self._storage.control(handle, SET_DISK_ATTRIBUTES, attributes(read_only=read_only))

    def letter_for(self, volume: str, account: str) -> Held:
        session = next((one for one in session_watch.sessions() if one.name == account), None)
        if session is None:
            raise PermissionError(13, "nobody of that name is signed in here")
        try:
            token: Any = win32ts.WTSQueryUserToken(session.number)
            told = win32security.GetTokenInformation(token, win32security.TokenStatistics)
        except pywintypes.error as error:
            raise PermissionError(13, f"its sign-in can't be asked for: {error.winerror}") from error
        letter = self.letter_in(volume, _letters.names_of(*_halves(int(told["AuthenticationId"]))))
        # Explorer is not told of a letter: its window is how the person sees that it is there.
        with contextlib.suppress(OSError):
            session_watch.start_in(session, session_watch.viewer(Path(f"{letter.letter}:\\")))
        return letter

    def letter_in(self, volume: str, folder: str) -> _letters.Letter:
        """Give a volume a letter in a folder of names."""
        device = ctypes.create_unicode_buffer(_PATHS_ROOM)
        if not self._device(volume[4:].rstrip("\\"), device, _PATHS_ROOM):
            raise last_error("asking for the device")
        return _letters.give(folder, device.value, int(self._letters()))


class _Handle:
    """Fills `Held`: Windows unlocks a volume with the handle that locked it."""

    def __init__(self, storage: Storage, handle: int) -> None:
        self._close: Callable[[], None] | None = lambda: storage.close(handle)

    def close(self) -> None:
        close, self._close = self._close, None
        if close is not None:
            close()


def _folder(path: str) -> str:
    return path if path.endswith("\\") else path + "\\"


def _halves(luid: int) -> tuple[int, int]:
    return luid >> 32 & 0xFFFFFFFF, luid & 0xFFFFFFFF
