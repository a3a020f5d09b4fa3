"""Asks macOS who is at the other end of a local socket: by ctypes, since pyobjc wraps none of it. Not proven.

Numbers and layouts are those of <sys/un.h>, <sys/ucred.h>, <bsm/audit.h> and <Security/SecCode.h>.
"""

import ctypes
import socket
import struct
from functools import cache

from lamplighter_agent.backends.macos._core import core, release
from lamplighter_agent.backends.macos._proc import facts_of
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
_SUCCESS = 0
_pointer = ctypes.c_void_p


def caller_of(connection: socket.socket) -> Caller:
    """Return who connected; raises OSError where even that can't be asked."""
    (pid,) = struct.unpack("=i", connection.getsockopt(SOL_LOCAL, LOCAL_PEERPID, 4))
    _, user = _XUCRED.unpack_from(connection.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, _XUCRED_BYTES))
    token = _token(connection)
    facts = facts_of(pid)
    return Caller(
        pid=pid,
        user=user,
        token_pid=None if token is None else _TOKEN.unpack(token)[_TOKEN_PID],
        parent=None if facts is None else facts.parent,
        # The last question: what was asked before was of the process that still runs under the token.
        signed_as_we_are=None if token is None else _signed_as_we_are(token),
    )


def unread_bytes(connection: socket.socket) -> int:
    """Return how much of what we sent the peer has not read."""
    return connection.getsockopt(socket.SOL_SOCKET, SO_NWRITE)


def _token(connection: socket.socket) -> bytes | None:
    try:
        token = connection.getsockopt(SOL_LOCAL, LOCAL_PEERTOKEN, _TOKEN.size)
    except OSError:
        return None
    return token if len(token) == _TOKEN.size else None


def _signed_as_we_are(token: bytes) -> bool:
    """Hold the code that runs under the token against our own designated requirement."""
    security = _security()
    ours, requirement, theirs = _pointer(), _pointer(), _pointer()
    wanted = _attributes(security, token)
    try:
        return (
            _done(security.SecCodeCopySelf(0, ctypes.byref(ours)))
            and _done(security.SecCodeCopyDesignatedRequirement(ours, 0, ctypes.byref(requirement)))
            and _done(security.SecCodeCopyGuestWithAttributes(None, wanted, 0, ctypes.byref(theirs)))
            and _done(security.SecCodeCheckValidity(theirs, 0, requirement))
        )
    finally:
        for value in (theirs, requirement, ours, wanted):
            release(value)


def _done(status: int) -> bool:
    return status == _SUCCESS


def _attributes(security: ctypes.CDLL, token: bytes) -> ctypes.c_void_p:
    """Return a CFDictionary that names the process of this token; whoever calls releases it."""
    found = core()
    found.CFDictionaryCreate.restype = _pointer
    found.CFDictionaryCreate.argtypes = (*[_pointer] * 3, ctypes.c_long, *[_pointer] * 2)
    retained = [
        ctypes.addressof(ctypes.c_char.in_dll(found, name))
        for name in ("kCFTypeDictionaryKeyCallBacks", "kCFTypeDictionaryValueCallBacks")
    ]
    key = _pointer.in_dll(security, "kSecGuestAttributeAudit")
    data = _pointer(found.CFDataCreate(None, token, len(token)))
    try:
        keys, values = (_pointer * 1)(key.value), (_pointer * 1)(data.value)
        return _pointer(found.CFDictionaryCreate(None, keys, values, 1, *retained))
    finally:
        release(data)


@cache
def _security() -> ctypes.CDLL:
    return ctypes.CDLL("/System/Library/Frameworks/Security.framework/Security")
