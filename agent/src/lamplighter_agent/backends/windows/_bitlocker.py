"""Asks Windows which volumes BitLocker protects: by WMI, over PowerShell. Never ran on Windows."""

import json
import os
import subprocess
from typing import Any, Final

ANSWERS_WITHIN_S: Final = 30.0
_NO_WINDOW: Final = 0x0800_0000
_QUESTION: Final = (
    "@(Get-CimInstance -Namespace root/CIMV2/Security/MicrosoftVolumeEncryption"
    " -ClassName Win32_EncryptableVolume | ForEach-Object {"
    " @{name=[string]$_.DeviceID; status=[int]$_.ProtectionStatus} }) | ConvertTo-Json -Compress"
)


def protections() -> dict[str, int]:
    """Return the protection of each volume that BitLocker knows; none where it can't be asked."""
    shell = (
        os.environ.get("SYSTEMROOT", "C:\\Windows") + "\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    )
    try:
        told = subprocess.run(
            [shell, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWERS_WITHIN_S,
            check=False,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return protections_in(told.stdout)


def protections_in(told: bytes) -> dict[str, int]:
    """Read the answer. Pure."""
    try:
        found: Any = json.loads(told)
        # Of one volume PowerShell makes no list.
        entries = found if isinstance(found, list) else [found]
        return {str(one["name"]): int(one["status"]) for one in entries}
    except (ValueError, KeyError, TypeError):
        return {}
