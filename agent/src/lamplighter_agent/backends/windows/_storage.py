"""Opens disks and volumes of Windows and asks their drivers, with the layouts of <winioctl.h>."""

import contextlib
import ctypes
import struct
from collections.abc import Iterator
from ctypes import wintypes
from typing import Final

from lamplighter_agent.backends.windows._dll import Library

ASK: Final = 0
READ_WRITE: Final = 0xC000_0000
GET_DEVICE_NUMBER: Final = 0x2D1080
QUERY_PROPERTY: Final = 0x2D1400
GET_LENGTH: Final = 0x7405C
SET_DISK_ATTRIBUTES: Final = 0x7C0F4
LOCK_VOLUME: Final = 0x90018
DISMOUNT_VOLUME: Final = 0x90020
QUERY_AUTO_MOUNT: Final = 0x6D003C
SET_AUTO_MOUNT: Final = 0x6DC040
_SHARED: Final = 0x3
_EXISTING: Final = 3
_INVALID: Final = ctypes.c_void_p(-1).value
_GONE: Final = frozenset({2, 3, 21, 55, 67, 1167, 433})
_DENIED: Final = 5
_DESCRIPTOR: Final = struct.Struct("<IIBBBBIIIII")
_DESCRIPTOR_BYTES: Final = 1024
_DEVICE_NUMBER: Final = struct.Struct("<III")
_DISK_DEVICE: Final = 7


def last_error(what: str) -> OSError:
    """Return why Windows refused the last call of this thread."""
    # Typed on Windows alone.
    number = int(getattr(ctypes, "get_last_error")())  # noqa: B009
    if number in _GONE:
        return FileNotFoundError(2, f"{what}: it is gone ({number})")
    if number == _DENIED:
        return PermissionError(13, f"{what}: Windows refused it")
    return OSError(5, f"{what}: Windows answered {number}")


class Storage:
    """The calls. Any thread."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        take, handle, dword = Library("kernel32").function, ctypes.c_void_p, wintypes.DWORD
        self._create = take(
            "CreateFileW", handle, wintypes.LPCWSTR, dword, dword, ctypes.c_void_p, dword, dword, handle
        )
        self._close = take("CloseHandle", wintypes.BOOL, handle)
        self._control = take(
            "DeviceIoControl",
            wintypes.BOOL,
            handle,
            dword,
            ctypes.c_void_p,
            dword,
            ctypes.c_void_p,
            dword,
            ctypes.POINTER(dword),
            ctypes.c_void_p,
        )

    def open(self, name: str, access: int = ASK) -> int:
        """Return a handle; raises OSError."""
        found = self._create(name, access, _SHARED, None, _EXISTING, 0, None)
        if found is None or found == _INVALID:
            raise last_error("opening")
        return int(found)

    def close(self, handle: int) -> None:
        self._close(handle)

    @contextlib.contextmanager
    def opened(self, name: str, access: int = ASK) -> Iterator[int]:
        handle = self.open(name, access)
        try:
            yield handle
        finally:
            self.close(handle)

    def control(self, handle: int, code: int, given: bytes = b"", room: int = 0) -> bytes:
        """Ask a driver; raises OSError."""
        answer, count = ctypes.create_string_buffer(max(room, 1)), wintypes.DWORD()
        told = self._control(
            handle, code, given or None, len(given), answer if room else None, room, ctypes.byref(count), None
        )
        if not told:
            raise last_error("asking the driver")
        return answer.raw[: count.value]

    def disk_of(self, handle: int) -> int:
        """Return the number of the disk that an open disk or volume is, or is on; -1 where it is none."""
        kind, number, _ = _DEVICE_NUMBER.unpack(
            self.control(handle, GET_DEVICE_NUMBER, room=_DEVICE_NUMBER.size)
        )
        return int(number) if kind == _DISK_DEVICE else -1

    def size_of(self, handle: int) -> int:
        """Return how many bytes an open disk or volume has; 0 where there is nothing in it."""
        try:
            return int.from_bytes(self.control(handle, GET_LENGTH, room=8), "little")
        except OSError:
            return 0

    def descriptor_of(self, handle: int) -> "Descriptor":
        """Return what an open disk says of itself."""
        # StorageDeviceProperty, by PropertyStandardQuery.
        return descriptor_in(self.control(handle, QUERY_PROPERTY, bytes(12), _DESCRIPTOR_BYTES))


class Descriptor:
    """STORAGE_DEVICE_DESCRIPTOR: the bus by its number, and three texts."""

    __slots__ = ("bus", "model", "removable", "serial", "vendor")

    def __init__(self, *, bus: int, removable: bool, vendor: str, model: str, serial: str) -> None:
        self.bus = bus
        self.removable = removable
        self.vendor = vendor
        self.model = model
        self.serial = serial


def descriptor_in(told: bytes) -> Descriptor:
    """Read one; raises OSError where it is none."""
    if len(told) < _DESCRIPTOR.size:
        raise OSError(5, "no descriptor of a disk")
    _, _, _, _, removable, _, vendor, model, _, serial, bus = _DESCRIPTOR.unpack_from(told)
    return Descriptor(
        bus=bus,
        removable=bool(removable),
        vendor=_text(told, vendor),
        model=_text(told, model),
        serial=_text(told, serial),
    )


def _text(told: bytes, place: int) -> str:
    """Return the text at a place; "" where there is none, and without what can't be shown."""
    if not 0 < place < len(told):
        return ""
    text = told[place:].split(b"\0", 1)[0].decode("ascii", "replace")
    return "".join(one for one in text if one.isprintable()).strip()


def attributes(*, read_only: bool) -> bytes:
    """Return SET_DISK_ATTRIBUTES that makes a disk read-only or lets it be written; not kept."""
    only = 0x2
    return struct.pack("<IB3xQQ4I", 40, 0, only if read_only else 0, only, 0, 0, 0, 0)
