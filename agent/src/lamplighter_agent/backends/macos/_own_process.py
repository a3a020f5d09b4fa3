"""What a process may ask of the kernel of macOS for itself, by ctypes. Never ran on a Mac.

ptrace of <sys/ptrace.h>; csops of xnu's <sys/codesign.h>, which libSystem has and no public header names.
"""

import ctypes
import os
import struct

_PT_DENY_ATTACH = 31
_OPS_STATUS = 0
_FLAGS = struct.Struct("=I")


class OwnProcess:
    """Fulfils `hardening.Kernel`."""

    def deny_attach(self) -> bool:
        """Refuse every debugger from now on; False where the kernel won't."""
        ptrace = ctypes.CDLL(None, use_errno=True).ptrace
        ptrace.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
        return bool(ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0)

    def code_flags(self) -> int:
        """Return what holds for the code that runs, as the kernel enforces it; 0 where it does not say."""
        room = ctypes.create_string_buffer(_FLAGS.size)
        csops = ctypes.CDLL(None, use_errno=True).csops
        csops.argtypes = (ctypes.c_int, ctypes.c_uint, ctypes.c_void_p, ctypes.c_size_t)
        if csops(os.getpid(), _OPS_STATUS, room, _FLAGS.size) != 0:
            return 0
        (flags,) = _FLAGS.unpack(room.raw)
        return int(flags)
