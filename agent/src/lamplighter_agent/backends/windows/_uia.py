"""What is used of UI Automation, called through its tables of functions: no code is generated on a device.

An object belongs to the thread that made it. The numbers are the places in the tables of IUIAutomation and
IUIAutomationElement as the Windows headers declare them; they never change, a new version gets a new table.
"""

import ctypes
from ctypes import wintypes
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.errors import BackendUnavailable

CLASS = UUID("ff48dba4-60ef-4201-aa87-54103eef594e")
INTERFACE = UUID("30cbe57d-d9d0-452a-ab13-7ac5ac4825ee")
IN_PROCESS = 1
MULTITHREADED = 0
RELEASE, GET_FOCUSED = 2, 8
RUNTIME_ID, PROCESS_ID, CONTROL_TYPE, CLASS_NAME, IS_PASSWORD = 4, 20, 21, 30, 35
# More than any provider gives; a hostile one is cut off.
ID_LIMIT, NAME_LIMIT = 64, 256


@dataclass(frozen=True, slots=True)
class UiaField:
    """What UI Automation says of the focused element."""

    runtime_id: tuple[int, ...]
    pid: int
    control_type: int
    class_name: str
    password: bool


class Uia:
    """UI Automation on the thread that makes it; `close` there too."""

    def __init__(self) -> None:
        """Connect; raise `BackendUnavailable` where it is missing."""
        ole, oleaut = Library("ole32").function, Library("oleaut32").function
        pointer, status = ctypes.c_void_p, ctypes.c_long
        self._release_thread = ole("CoUninitialize", None)
        initialise = ole("CoInitializeEx", status, pointer, wintypes.DWORD)
        create = ole("CoCreateInstance", status, pointer, pointer, wintypes.DWORD, pointer, pointer)
        self._bound = oleaut("SafeArrayGetUBound", status, pointer, wintypes.UINT, pointer)
        self._data = oleaut("SafeArrayAccessData", status, pointer, pointer)
        self._done = oleaut("SafeArrayUnaccessData", status, pointer)
        self._destroy = oleaut("SafeArrayDestroy", status, pointer)
        self._free = oleaut("SysFreeString", None, pointer)
        self._initialised = initialise(None, MULTITHREADED) >= 0
        found = ctypes.c_void_p()
        failed = create(_guid(CLASS), None, IN_PROCESS, _guid(INTERFACE), ctypes.byref(found))
        self._automation = found.value
        if failed or not self._automation:
            self.close()
            raise BackendUnavailable("AccessibleText", "UI Automation can't be opened", "repair Windows")

    def close(self) -> None:
        automation, self._automation = self._automation, None
        if automation:
            _call(automation, RELEASE)
        if self._initialised:
            self._initialised = False
            self._release_thread()

    def focused(self) -> UiaField | None:
        """Return what has the focus; None where any part of it is not told."""
        element = self._out(self._automation, GET_FOCUSED, ctypes.c_void_p)
        if not element:
            return None
        try:
            # Asked first: a field that becomes secret while we ask is asked for anew at the next key.
            password = self._out(element, IS_PASSWORD, wintypes.BOOL)
            pid = self._out(element, PROCESS_ID, ctypes.c_int)
            kind = self._out(element, CONTROL_TYPE, ctypes.c_int)
            runtime_id, name = self._runtime_id(element), self._class_name(element)
        finally:
            _call(element, RELEASE)
        if password is None or pid is None or kind is None or runtime_id is None or name is None:
            return None
        return UiaField(runtime_id, pid, kind, name, bool(password))

    def _out(self, this: Any, place: int, kind: Any) -> Any:
        """Call a function whose only argument is where the answer goes; None where it fails."""
        told = kind()
        return None if _call(this, place, ctypes.byref(told)) else told.value

    def _runtime_id(self, element: Any) -> tuple[int, ...] | None:
        array = self._out(element, RUNTIME_ID, ctypes.c_void_p)
        if not array:
            return None
        try:
            last, data = ctypes.c_long(), ctypes.c_void_p()
            if self._bound(array, 1, ctypes.byref(last)) or self._data(array, ctypes.byref(data)):
                return None
            count = min(last.value + 1, ID_LIMIT)
            numbers = tuple(ctypes.cast(data, ctypes.POINTER(ctypes.c_int))[:count])
            self._done(array)
            return numbers
        finally:
            self._destroy(array)

    def _class_name(self, element: Any) -> str | None:
        told = ctypes.c_void_p()
        if _call(element, CLASS_NAME, ctypes.byref(told)):
            return None
        if not told.value:
            return ""
        try:
            return ctypes.wstring_at(told.value)[:NAME_LIMIT]
        finally:
            self._free(told.value)


def _guid(value: UUID) -> Any:
    return ctypes.create_string_buffer(value.bytes_le, 16)


def _call(this: int, place: int, *arguments: Any) -> int:
    """Call the function at a place of an object's table; the result is zero where it worked."""
    table = ctypes.cast(this, ctypes.POINTER(ctypes.c_void_p))[0]
    assert table is not None
    address = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[place]
    assert address is not None
    shape = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p, *(ctypes.c_void_p for _ in arguments))
    return int(shape(address)(this, *arguments))
