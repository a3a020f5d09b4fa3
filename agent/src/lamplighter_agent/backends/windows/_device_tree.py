"""The tree of devices by cfgmgr32.dll: which disks and USB devices there are, and what classes they go by."""

import ctypes
import uuid
from collections.abc import Iterator
from ctypes import wintypes
from typing import Final

from lamplighter_agent.backends.windows._dll import Library

DISKS: Final = "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
USB_DEVICES: Final = "{a5dcbf10-6530-11d2-901f-00c04fb951ed}"
_PRESENT: Final = 0
_COMPATIBLE: Final = 3
_ROOM: Final = 4096
_LONGEST_NAME: Final = 200
# By the system's will, without a question, and not for longer than until it starts again.
_DISABLE_AT_ONCE: Final = 0x1 | 0x4
# A composite device's parts are devices below it.
_PART: Final = "&MI_"


class DeviceTree:
    """The calls. Any thread."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        take, number, pointer = Library("cfgmgr32").function, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)
        text, name, kind = wintypes.LPWSTR, wintypes.LPCWSTR, ctypes.c_char_p
        self._list_size = take("CM_Get_Device_Interface_List_SizeW", number, pointer, kind, name, number)
        self._list = take("CM_Get_Device_Interface_ListW", number, kind, name, text, number, number)
        self._locate = take("CM_Locate_DevNodeW", number, pointer, name, number)
        self._parent = take("CM_Get_Parent", number, pointer, number, number)
        self._child = take("CM_Get_Child", number, pointer, number, number)
        self._sibling = take("CM_Get_Sibling", number, pointer, number, number)
        self._id = take("CM_Get_Device_IDW", number, number, text, number, number)
        self._property = take(
            "CM_Get_DevNode_Registry_PropertyW", number, number, number, pointer, text, pointer, number
        )
        self._disable = take("CM_Disable_DevNode", number, number, number)

    def present(self, kind: str) -> list[str]:
        """Return the names by which devices of a kind can be opened; raises OSError."""
        guid, size = uuid.UUID(kind).bytes_le, wintypes.DWORD()
        if self._list_size(ctypes.byref(size), guid, None, _PRESENT):
            raise OSError(5, "Windows does not list its devices")
        room = ctypes.create_unicode_buffer(max(size.value, 1))
        if self._list(guid, None, room, size.value, _PRESENT):
            raise OSError(5, "Windows does not list its devices")
        return [one for one in ctypes.wstring_at(room, size.value).split("\0") if one]

    def usb_of(self, instance: str) -> str:
        """Return the whole USB device that a device is part of; "" where it is none."""
        node = self._node(instance)
        while node is not None:
            name = self._name(node)
            if name.upper().startswith("USB\\VID_") and _PART not in name.upper():
                return name
            node = self._step(self._parent, node)
        return ""

    def compatible(self, instance: str) -> tuple[str, ...]:
        """Return the names of classes that a device and its parts go by."""
        node = self._node(instance)
        if node is None:
            return ()
        return tuple(name for one in (node, *self._parts(node)) for name in self._classes(one))

    def disable(self, instance: str) -> None:
        """Switch a device off; raises OSError."""
        node = self._node(instance)
        if node is None:
            raise FileNotFoundError(2, "no such device")
        if self._disable(node, _DISABLE_AT_ONCE):
            raise PermissionError(13, "Windows does not switch the device off")

    def _parts(self, node: int) -> Iterator[int]:
        part = self._step(self._child, node)
        while part is not None:
            yield part
            part = self._step(self._sibling, part)

    def _node(self, instance: str) -> int | None:
        node = wintypes.DWORD()
        return None if self._locate(ctypes.byref(node), instance, 0) else node.value

    def _step(self, step: object, node: int) -> int | None:
        found = wintypes.DWORD()
        assert callable(step)
        return None if step(ctypes.byref(found), node, 0) else found.value

    def _name(self, node: int) -> str:
        room = ctypes.create_unicode_buffer(_LONGEST_NAME + 1)
        return "" if self._id(node, room, _LONGEST_NAME, 0) else room.value

    def _classes(self, node: int) -> list[str]:
        room, size = ctypes.create_unicode_buffer(_ROOM), wintypes.DWORD(2 * _ROOM)
        if self._property(node, _COMPATIBLE, None, room, ctypes.byref(size), 0):
            return []
        return [one for one in ctypes.wstring_at(room, size.value // 2).split("\0") if one]


def instance_of(interface: str) -> str:
    """Return the instance path of the device that has this interface. Pure."""
    path, _, _ = interface.removeprefix("\\\\?\\").removeprefix("\\\\.\\").rpartition("#{")
    return path.replace("#", "\\")
