"""A dialog of macOS: CFUserNotification of <CoreFoundation/CFUserNotification.h>, by ctypes. Not proven.

It is what Apple gives programs without windows of their own; another process of the system draws it.
"""

import ctypes

from lamplighter_agent.backends.macos._core import as_plist, core, of_plist, release

_pointer, _flags = ctypes.c_void_p, ctypes.c_ulong


class Alert:
    """Fulfils `alerts.RawAlert`. Content goes in and out as property lists."""

    def __init__(self, content: bytes, *, flags: int, seconds: int) -> None:
        """Show it; raises OSError where nobody does."""
        self._core = core()
        self._core.CFUserNotificationCreate.restype = _pointer
        self._core.CFUserNotificationCreate.argtypes = (
            _pointer,
            ctypes.c_double,
            _flags,
            _pointer,
            _pointer,
        )
        self._core.CFUserNotificationReceiveResponse.argtypes = (_pointer, ctypes.c_double, _pointer)
        self._core.CFUserNotificationUpdate.argtypes = (_pointer, ctypes.c_double, _flags, _pointer)
        self._core.CFUserNotificationCancel.argtypes = (_pointer,)
        self._core.CFUserNotificationGetResponseDictionary.restype = _pointer
        self._core.CFUserNotificationGetResponseDictionary.argtypes = (_pointer,)
        self._core.CFRetain.restype = _pointer
        self._core.CFRetain.argtypes = (_pointer,)
        self._style = flags
        error, words = ctypes.c_int32(), of_plist(content)
        try:
            self._shown = _pointer(
                self._core.CFUserNotificationCreate(None, float(seconds), flags, ctypes.byref(error), words)
            )
        finally:
            release(words)
        if not self._shown:
            raise OSError(error.value, "no dialog is shown")

    def receive(self, seconds: float) -> int | None:
        answer = _flags()
        late = self._core.CFUserNotificationReceiveResponse(self._shown, seconds, ctypes.byref(answer))
        return None if late else answer.value

    def entered(self) -> bytes | None:
        found = self._core.CFUserNotificationGetResponseDictionary(self._shown)
        return as_plist(_pointer(self._core.CFRetain(found))) if found else None

    def update(self, content: bytes) -> None:
        words = of_plist(content)
        try:
            self._core.CFUserNotificationUpdate(self._shown, 0.0, self._style, words)
        finally:
            release(words)

    def cancel(self) -> None:
        shown, self._shown = self._shown, _pointer()
        if shown:
            self._core.CFUserNotificationCancel(shown)
            release(shown)
