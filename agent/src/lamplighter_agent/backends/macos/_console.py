"""Asks macOS who is in front of the screen and which graphical sessions there are. Never ran on a Mac.

SCDynamicStoreCopyConsoleUser of <SystemConfiguration/SCDynamicStoreCopySpecific.h>, and two properties of the
I/O registry's root, which the kernel itself goes by: they can be read from outside every session.
"""

import ctypes
from functools import cache

from lamplighter_agent.backends.macos._core import as_plist, release, word

_pointer, _number = ctypes.c_void_p, ctypes.c_uint32


def console_user() -> int | None:
    """Return whose session is in front: root's at the login window, None where there is none."""
    user, group = _number(), _number()
    name = _pointer(
        _configuration().SCDynamicStoreCopyConsoleUser(None, ctypes.byref(user), ctypes.byref(group))
    )
    if not name:
        return None
    release(name)
    return user.value


def registry_property(name: str) -> bytes | None:
    """Return a property of the I/O registry's root as a property list; None where there is none."""
    kit = _kit()
    root, key = kit.IORegistryGetRootEntry(0), word(name)
    try:
        return as_plist(_pointer(kit.IORegistryEntryCreateCFProperty(root, key, None, 0)))
    finally:
        release(key)
        kit.IOObjectRelease(root)


@cache
def _configuration() -> ctypes.CDLL:
    found = ctypes.CDLL("/System/Library/Frameworks/SystemConfiguration.framework/SystemConfiguration")
    found.SCDynamicStoreCopyConsoleUser.restype = _pointer
    found.SCDynamicStoreCopyConsoleUser.argtypes = (_pointer, _pointer, _pointer)
    return found


@cache
def _kit() -> ctypes.CDLL:
    found = ctypes.CDLL("/System/Library/Frameworks/IOKit.framework/IOKit")
    found.IORegistryGetRootEntry.restype = _number
    found.IORegistryGetRootEntry.argtypes = (_number,)
    found.IORegistryEntryCreateCFProperty.restype = _pointer
    found.IORegistryEntryCreateCFProperty.argtypes = (_number, _pointer, _pointer, _number)
    found.IOObjectRelease.argtypes = (_number,)
    return found
