"""The registry of Windows, the device's part, by winreg. Raises OSError."""

import contextlib
import importlib
from typing import Any, Final

# Typed on Windows alone.
_winreg: Any = importlib.import_module("winreg")
# Gone when Windows starts again; and never the part that 32-bit programs see.
_VOLATILE: Final = 1
_ACCESS: Final = 0xF003F | 0x0100


class DeviceRegistry:
    """Fills `Registry`."""

    def read(self, key: str, name: str) -> int | str | None:
        with contextlib.suppress(FileNotFoundError), self._opened(key) as opened:
            value, kind = _winreg.QueryValueEx(opened, name)
            if kind in {_winreg.REG_DWORD, _winreg.REG_SZ}:
                return int(value) if kind == _winreg.REG_DWORD else str(value)
        return None

    def names(self, key: str) -> list[str]:
        try:
            with self._opened(key) as opened:
                return [_winreg.EnumValue(opened, at)[0] for at in range(_winreg.QueryInfoKey(opened)[1])]
        except FileNotFoundError:
            return []

    def write(self, key: str, name: str, value: int | str) -> None:
        kind = _winreg.REG_SZ if isinstance(value, str) else _winreg.REG_DWORD
        with _winreg.CreateKeyEx(_winreg.HKEY_LOCAL_MACHINE, key, 0, _ACCESS) as opened:
            _winreg.SetValueEx(opened, name, 0, kind, value)

    def remove(self, key: str) -> None:
        """Remove a key with its values; one that is not there is fine."""
        with contextlib.suppress(FileNotFoundError):
            _winreg.DeleteKeyEx(_winreg.HKEY_LOCAL_MACHINE, key, 0x0100, 0)

    def mark_until_restart(self, key: str) -> None:
        above, _, own = key.rpartition("\\")
        with _winreg.CreateKeyEx(_winreg.HKEY_LOCAL_MACHINE, above, 0, _ACCESS) as opened:
            make_volatile(int(opened.handle), own)

    def is_there(self, key: str) -> bool:
        try:
            self._opened(key).Close()
        except FileNotFoundError:
            return False
        return True

    def _opened(self, key: str) -> Any:
        return _winreg.OpenKey(_winreg.HKEY_LOCAL_MACHINE, key, 0, _winreg.KEY_READ | 0x0100)


def make_volatile(above: int, name: str) -> None:
    """Make a key that lasts until Windows starts again; winreg can't. Raises OSError."""
    import ctypes  # noqa: PLC0415 - this call alone needs it
    from ctypes import wintypes  # noqa: PLC0415

    from lamplighter_agent.backends.windows._dll import Library  # noqa: PLC0415

    take, key, number = Library("advapi32").function, ctypes.c_void_p, wintypes.DWORD
    create = take(
        "RegCreateKeyExW",
        ctypes.c_long,
        key,
        wintypes.LPCWSTR,
        number,
        wintypes.LPCWSTR,
        number,
        number,
        ctypes.c_void_p,
        ctypes.POINTER(key),
        ctypes.c_void_p,
    )
    close = take("RegCloseKey", ctypes.c_long, key)
    made = key()
    status = create(above, name, 0, None, _VOLATILE, _ACCESS, None, ctypes.byref(made), None)
    if status:
        raise OSError(5, f"a key that lasts until the restart can't be made: Windows answered {status}")
    close(made)
