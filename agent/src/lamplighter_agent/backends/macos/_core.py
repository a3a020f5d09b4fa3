"""Core Foundation by ctypes: words in, property lists out. Never ran on a Mac."""

import ctypes
from functools import cache

_CORE = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_UTF8 = 0x08000100
# kCFPropertyListBinaryFormat_v1_0 of <CoreFoundation/CFPropertyList.h>.
_BINARY = 200
_pointer, _long = ctypes.c_void_p, ctypes.c_long


@cache
def core() -> ctypes.CDLL:
    """Return the library, with the prototypes that are used; raises OSError where there is none."""
    found = ctypes.CDLL(_CORE)
    found.CFRelease.argtypes = (_pointer,)
    found.CFStringCreateWithBytes.restype = _pointer
    found.CFStringCreateWithBytes.argtypes = (
        _pointer,
        ctypes.c_char_p,
        _long,
        ctypes.c_uint32,
        ctypes.c_ubyte,
    )
    found.CFPropertyListCreateData.restype = _pointer
    found.CFPropertyListCreateData.argtypes = (_pointer, _pointer, _long, ctypes.c_ulong, _pointer)
    found.CFPropertyListCreateWithData.restype = _pointer
    found.CFPropertyListCreateWithData.argtypes = (_pointer, _pointer, ctypes.c_ulong, _pointer, _pointer)
    found.CFDataCreate.restype = _pointer
    found.CFDataCreate.argtypes = (_pointer, ctypes.c_char_p, _long)
    found.CFDataGetLength.restype = _long
    found.CFDataGetLength.argtypes = (_pointer,)
    found.CFDataGetBytePtr.restype = _pointer
    found.CFDataGetBytePtr.argtypes = (_pointer,)
    return found


def word(text: str) -> ctypes.c_void_p:
    """Return a CFString; whoever calls releases it."""
    raw = text.encode()
    return _pointer(core().CFStringCreateWithBytes(None, raw, len(raw), _UTF8, 0))


def release(value: ctypes.c_void_p) -> None:
    """Let go of a value that is ours; none is fine."""
    if value:
        core().CFRelease(value)


def as_plist(value: ctypes.c_void_p) -> bytes | None:
    """Return a value as a property list, for `plistlib`; None where it is none. Releases it."""
    if not value:
        return None
    data = _pointer(core().CFPropertyListCreateData(None, value, _BINARY, 0, None))
    try:
        if not data:
            return None
        return ctypes.string_at(core().CFDataGetBytePtr(data), core().CFDataGetLength(data))
    finally:
        release(data)
        release(value)


def of_plist(raw: bytes) -> ctypes.c_void_p:
    """Return what a property list holds; whoever calls releases it."""
    data = _pointer(core().CFDataCreate(None, raw, len(raw)))
    try:
        return _pointer(core().CFPropertyListCreateWithData(None, data, 0, None, None))
    finally:
        release(data)
