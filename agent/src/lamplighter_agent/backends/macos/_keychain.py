"""The system keychain of macOS by ctypes: <Security/SecKeychain.h>, as daemons use it. Never ran on a Mac."""

import ctypes
import errno

_SYSTEM = b"/Library/Keychains/System.keychain"
_DONE, _DUPLICATE, _NOT_FOUND = 0, -25299, -25300
_pointer, _length = ctypes.c_void_p, ctypes.c_uint32


class SystemKeychain:
    """Fulfils `keychain.Keychain`; opened by the first question."""

    def __init__(self) -> None:
        self._is_open = False

    def _open(self) -> None:
        if self._is_open:
            return
        self._security = ctypes.CDLL("/System/Library/Frameworks/Security.framework/Security")
        core = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
        core.CFRelease.argtypes = (_pointer,)
        self._release = core.CFRelease
        self._keychain = _pointer()
        _checked(self._security.SecKeychainOpen(_SYSTEM, ctypes.byref(self._keychain)))
        self._is_open = True

    def find(self, name: str, owner: str) -> bytes | None:
        return self._found(name, owner, delete=False)

    def delete(self, name: str, owner: str) -> None:
        self._found(name, owner, delete=True)

    def add(self, name: str, owner: str, secret: bytes) -> None:
        self._open()
        told = (*_counted(name), *_counted(owner), _length(len(secret)), secret, None)
        status = self._security.SecKeychainAddGenericPassword(self._keychain, *told)
        if status == _DUPLICATE:
            raise FileExistsError(errno.EEXIST, "there is one already")
        _checked(status)

    def _found(self, name: str, owner: str, *, delete: bool) -> bytes | None:
        self._open()
        size, content, item = _length(), _pointer(), _pointer()
        told = (*_counted(name), *_counted(owner))
        places = (ctypes.byref(size), ctypes.byref(content), ctypes.byref(item))
        status = self._security.SecKeychainFindGenericPassword(self._keychain, *told, *places)
        if status == _NOT_FOUND:
            return None
        _checked(status)
        try:
            if delete:
                _checked(self._security.SecKeychainItemDelete(item))
            return ctypes.string_at(content, size.value)
        finally:
            self._security.SecKeychainItemFreeContent(None, content)
            self._release(item)


def _counted(text: str) -> tuple[ctypes.c_uint32, bytes]:
    raw = text.encode()
    return _length(len(raw)), raw


def _checked(status: int) -> None:
    if status != _DONE:
        raise OSError(errno.EACCES, f"the keychain answered {status}")
