"""Disk Arbitration by ctypes, on a queue of the system's: <DiskArbitration/DiskArbitration.h>. Not proven.

Every callback is called on a thread of libdispatch, one at a time. A dissenter is given back with one
reference, which the caller of the callback lets go of.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final

from lamplighter_agent.backends.macos.media_system import Attached
from lamplighter_agent.errors import BackendUnavailable

_FRAMEWORKS: Final = "/System/Library/Frameworks"
_NOT_PERMITTED: Final = 0xF8DA0008
_UTF8: Final = 0x08000100
_LONGEST: Final = 256
_pointer = ctypes.c_void_p
_Told = ctypes.CFUNCTYPE(None, _pointer, _pointer)
_Changed = ctypes.CFUNCTYPE(None, _pointer, _pointer, _pointer)
_Asked = ctypes.CFUNCTYPE(_pointer, _pointer, _pointer)


class Arbitration:
    """Fills `DiskNews`."""

    def __init__(self) -> None:
        self._session = 0
        self._core: Any = None
        self._da: Any = None
        self._callbacks: tuple[Any, ...] = ()

    @property
    def is_on(self) -> bool:
        return bool(self._session)

    def start(self, changed: Callable[[], None], may_mount: Callable[[Attached], bool]) -> None:
        try:
            self._open()
        except (OSError, AttributeError) as error:
            raise BackendUnavailable(
                "MediaWatch", "there is no Disk Arbitration", "use macOS 13 or newer"
            ) from error
        told = _Told(lambda _disk, _context: changed())
        redescribed = _Changed(lambda _disk, _keys, _context: changed())
        asked = _Asked(lambda disk, _context: self._answer(disk, may_mount))
        # They live as long as the session: the system calls into them.
        self._callbacks = (told, redescribed, asked)
        da, session = self._da, self._da.DASessionCreate(None)
        if not session:
            raise BackendUnavailable("MediaWatch", "Disk Arbitration does not answer", "restart this Mac")
        da.DARegisterDiskAppearedCallback(session, None, told, None)
        da.DARegisterDiskDisappearedCallback(session, None, told, None)
        da.DARegisterDiskDescriptionChangedCallback(session, None, None, redescribed, None)
        da.DARegisterDiskMountApprovalCallback(session, None, asked, None)
        self._queue = self._system.dispatch_queue_create(b"lamplighter.media", None)
        da.DASessionSetDispatchQueue(session, self._queue)
        self._session = session

    def stop(self) -> None:
        session, self._session = self._session, 0
        if session:
            self._da.DASessionSetDispatchQueue(session, None)
            self._core.CFRelease(session)
            self._system.dispatch_release(self._queue)

    def _open(self) -> None:
        if self._da is not None:
            return
        core = ctypes.CDLL(f"{_FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
        da = ctypes.CDLL(f"{_FRAMEWORKS}/DiskArbitration.framework/DiskArbitration")
        self._system = ctypes.CDLL("/usr/lib/libSystem.B.dylib")
        for library, name, result, arguments in (
            (core, "CFRelease", None, (_pointer,)),
            (core, "CFDictionaryGetValue", _pointer, (_pointer, _pointer)),
            (core, "CFBooleanGetValue", ctypes.c_ubyte, (_pointer,)),
            (
                core,
                "CFStringGetCString",
                ctypes.c_ubyte,
                (_pointer, ctypes.c_char_p, ctypes.c_long, ctypes.c_uint32),
            ),
            (da, "DASessionCreate", _pointer, (_pointer,)),
            (da, "DASessionSetDispatchQueue", None, (_pointer, _pointer)),
            (da, "DARegisterDiskAppearedCallback", None, (_pointer, _pointer, _Told, _pointer)),
            (da, "DARegisterDiskDisappearedCallback", None, (_pointer, _pointer, _Told, _pointer)),
            (da, "DARegisterDiskDescriptionChangedCallback", None, (*[_pointer] * 3, _Changed, _pointer)),
            (da, "DARegisterDiskMountApprovalCallback", None, (_pointer, _pointer, _Asked, _pointer)),
            (da, "DADiskCopyDescription", _pointer, (_pointer,)),
            (da, "DADissenterCreate", _pointer, (_pointer, ctypes.c_int32, _pointer)),
            (self._system, "dispatch_queue_create", _pointer, (ctypes.c_char_p, _pointer)),
            (self._system, "dispatch_release", None, (_pointer,)),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        self._core, self._da = core, da

    def _answer(self, disk: int, may_mount: Callable[[Attached], bool]) -> int | None:
        """Return None to let it be mounted, else what says no; whatever goes wrong is a no."""
        try:
            if may_mount(self._attached(disk)):
                return None
        except Exception:  # noqa: BLE001, S110 - there is nobody to raise it to
            pass
        refusal: int | None = self._da.DADissenterCreate(None, ctypes.c_int32(_NOT_PERMITTED), None)
        return refusal

    def _attached(self, disk: int) -> Attached:
        about = self._da.DADiskCopyDescription(disk)
        if not about:
            return Attached(internal=None, protocol="")
        try:
            internal = self._value(about, "kDADiskDescriptionDeviceInternalKey")
            protocol = self._value(about, "kDADiskDescriptionDeviceProtocolKey")
            network = self._value(about, "kDADiskDescriptionVolumeNetworkKey")
            room = ctypes.create_string_buffer(_LONGEST)
            told = protocol and self._core.CFStringGetCString(protocol, room, _LONGEST, _UTF8)
            return Attached(
                internal=None if not internal else bool(self._core.CFBooleanGetValue(internal)),
                protocol=room.value.decode("utf-8", "replace") if told else "",
                network=bool(network and self._core.CFBooleanGetValue(network)),
            )
        finally:
            self._core.CFRelease(about)

    def _value(self, about: int, key: str) -> int | None:
        name = _pointer.in_dll(self._da, key)
        value: int | None = self._core.CFDictionaryGetValue(about, name)
        return value
