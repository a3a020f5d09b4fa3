"""This machine by what Windows knows of its firmware, and by the mark of the installed Windows.

MachineGuid is made by Windows' setup: images that were not generalised share it, so it is the second word.
"""

import contextlib
import ctypes
from ctypes import wintypes
from typing import Final

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.backends.windows._registry import DeviceRegistry
from lamplighter_agent.backends.windows.smbios import system_of
from lamplighter_agent.errors import BackendUnavailable

_SMBIOS: Final = int.from_bytes(b"RSMB", "big")
_CRYPTOGRAPHY: Final = "SOFTWARE\\Microsoft\\Cryptography"


def machine_facts() -> MachineFacts:
    """Return what Windows says."""
    product, serial = system_of(_table())
    guid: object = ""
    with contextlib.suppress(OSError):
        guid = DeviceRegistry().read(_CRYPTOGRAPHY, "MachineGuid") or ""
    return MachineFacts(product_uuid=product, serial=serial, system_id=str(guid))


def _table() -> bytes:
    with contextlib.suppress(BackendUnavailable):
        number = wintypes.DWORD
        ask = Library("kernel32").function(
            "GetSystemFirmwareTable", wintypes.UINT, number, number, ctypes.c_void_p, number
        )
        buffer = ctypes.create_string_buffer(ask(_SMBIOS, 0, None, 0))
        return buffer.raw[: ask(_SMBIOS, 0, buffer, len(buffer))]
    return b""
