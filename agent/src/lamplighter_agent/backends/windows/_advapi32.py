"""What is used of advapi32.dll, with its prototypes."""

import ctypes
from ctypes import wintypes

from lamplighter_agent.backends.windows._dll import Library

REVISION = 1
DACL = 0x4
PROTECTED_DACL = 0x8000_0000


class Advapi32:
    """The functions, with plain Python values on both sides."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        take, pointer = Library("advapi32").function, ctypes.c_void_p
        self._parse = take(
            "ConvertStringSecurityDescriptorToSecurityDescriptorW",
            wintypes.BOOL,
            wintypes.LPCWSTR,
            wintypes.DWORD,
            pointer,
            pointer,
        )
        self._set = take("SetKernelObjectSecurity", wintypes.BOOL, wintypes.HANDLE, wintypes.DWORD, pointer)
        self._free = Library("kernel32").function("LocalFree", pointer, pointer)

    def protect(self, handle: int, rights: str) -> bool:
        """Give an object these rights, which are in Windows' own notation; False where it may not be."""
        descriptor = ctypes.c_void_p()
        if not self._parse(rights, REVISION, ctypes.byref(descriptor), None):
            return False
        try:
            return bool(self._set(handle, DACL | PROTECTED_DACL, descriptor))
        finally:
            self._free(descriptor)
