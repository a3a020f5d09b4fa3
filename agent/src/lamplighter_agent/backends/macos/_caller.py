"""Asks macOS who is at the other end of a local socket: by ctypes, since pyobjc wraps none of it. Not proven.

Numbers and layouts are those of <sys/un.h>, <sys/ucred.h>, <bsm/audit.h>, <sys/proc_info.h> and
<Security/SecCode.h>.
"""

import ctypes
import os
import socket
import struct

from lamplighter_agent.backends.macos.helper_access import Caller

SOL_LOCAL = 0
LOCAL_PEERCRED = 1
LOCAL_PEERPID = 2
LOCAL_PEERTOKEN = 6
# Of <sys/socket.h>: what was written and the peer has not read.
SO_NWRITE = 0x1024
# cr_version and cr_uid of struct xucred; groups follow.
_XUCRED = struct.Struct("=II")
_XUCRED_BYTES = 76
# audit_token_t: eight numbers, of which the sixth is the process id.
_TOKEN = struct.Struct("=8I")
_TOKEN_PID = 5
PROC_PIDTBSDINFO = 3
# pbi_flags, pbi_status, pbi_xstatus, pbi_pid, pbi_ppid of struct proc_bsdinfo.
_BSDINFO = struct.Struct("=5I")
_BSDINFO_BYTES = 136
_SUCCESS = 0
_proc = ctypes.CDLL("/usr/lib/libproc.dylib")
_security = ctypes.CDLL("/System/Library/Frameworks/Security.framework/Security")
_core = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
_core.CFRelease.argtypes = (ctypes.c_void_p,)
_core.CFDataCreate.restype = ctypes.c_void_p
_core.CFDataCreate.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_long)
_core.CFDictionaryCreate.restype = ctypes.c_void_p
_core.CFDictionaryCreate.argtypes = (*[ctypes.c_void_p] * 3, ctypes.c_long, *[ctypes.c_void_p] * 2)


def caller_of(connection: socket.socket) -> Caller:
    """Return who connected; raises OSError where even that can't be asked."""
    (pid,) = struct.unpack("=i", connection.getsockopt(SOL_LOCAL, LOCAL_PEERPID, 4))
    _, user = _XUCRED.unpack_from(connection.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, _XUCRED_BYTES))
    token = _token(connection)
    parent = _parent(pid)
    return Caller(
        pid=pid,
        user=user,
        token_pid=None if token is None else _TOKEN.unpack(token)[_TOKEN_PID],
        parent=parent,
        # The last question: what was asked before was of the process that still runs under the token.
        signed_as_we_are=None if token is None else _signed_as_we_are(token),
    )


def unread_bytes(connection: socket.socket) -> int:
    """Return how much of what we sent the peer has not read."""
    return connection.getsockopt(socket.SOL_SOCKET, SO_NWRITE)


def user_in_front() -> int | None:
    """Return who owns the console: root, the login window's, where nobody is signed in."""
    try:
        return os.stat("/dev/console").st_uid  # noqa: PTH116 - one question about a device
    except OSError:
        return None


def _token(connection: socket.socket) -> bytes | None:
    try:
        token = connection.getsockopt(SOL_LOCAL, LOCAL_PEERTOKEN, _TOKEN.size)
    except OSError:
        return None
    return token if len(token) == _TOKEN.size else None


def _parent(pid: int) -> int | None:
    room = ctypes.create_string_buffer(_BSDINFO_BYTES)
    got = _proc.proc_pidinfo(pid, PROC_PIDTBSDINFO, ctypes.c_uint64(0), room, _BSDINFO_BYTES)
    if got != _BSDINFO_BYTES:
        return None
    _, _, _, about, parent = _BSDINFO.unpack_from(room.raw)
    return int(parent) if about == pid else None


def _signed_as_we_are(token: bytes) -> bool:
    """Hold the code that runs under the token against our own designated requirement."""
    ours, requirement, theirs = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    wanted = ctypes.c_void_p(_attributes(token))
    try:
        return (
            _done(_security.SecCodeCopySelf(0, ctypes.byref(ours)))
            and _done(_security.SecCodeCopyDesignatedRequirement(ours, 0, ctypes.byref(requirement)))
            and _done(_security.SecCodeCopyGuestWithAttributes(None, wanted, 0, ctypes.byref(theirs)))
            and _done(_security.SecCodeCheckValidity(theirs, 0, requirement))
        )
    finally:
        for value in (theirs, requirement, ours, wanted):
            if value:
                _core.CFRelease(value)


def _done(status: int) -> bool:
    return status == _SUCCESS


def _attributes(token: bytes) -> int | None:
    """Return a CFDictionary that names the process of this token; whoever calls releases it."""
    retained = [
        ctypes.addressof(ctypes.c_char.in_dll(_core, name))
        for name in ("kCFTypeDictionaryKeyCallBacks", "kCFTypeDictionaryValueCallBacks")
    ]
    key = ctypes.c_void_p.in_dll(_security, "kSecGuestAttributeAudit")
    data = ctypes.c_void_p(_core.CFDataCreate(None, token, len(token)))
    keys, values = (ctypes.c_void_p * 1)(key.value), (ctypes.c_void_p * 1)(data.value)
    made: int | None = _core.CFDictionaryCreate(None, keys, values, 1, *retained)
    _core.CFRelease(data)
    return made
