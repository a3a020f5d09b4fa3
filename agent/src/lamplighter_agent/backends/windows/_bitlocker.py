"""Asks Windows which volumes BitLocker protects: by WMI, over PowerShell. Never ran on Windows."""

import json
from typing import Any, Final

from lamplighter_agent.backends.windows._powershell import answer

ANSWERS_WITHIN_S: Final = 30.0
_QUESTION: Final = (
    "@(Get-CimInstance -Namespace root/CIMV2/Security/MicrosoftVolumeEncryption"
    " -ClassName Win32_EncryptableVolume | ForEach-Object {"
    " @{name=[string]$_.DeviceID; status=[int]$_.ProtectionStatus} }) | ConvertTo-Json -Compress"
)


def protections() -> dict[str, int]:
    """Return the protection of each volume that BitLocker knows; none where it can't be asked."""
    try:
        return protections_in(answer(_QUESTION, within_s=ANSWERS_WITHIN_S))
    except OSError:
        return {}


def protections_in(told: bytes) -> dict[str, int]:
    """Read the answer. Pure."""
    try:
        found: Any = json.loads(told)
        # Of one volume PowerShell makes no list.
        entries = found if isinstance(found, list) else [found]
        return {str(one["name"]): int(one["status"]) for one in entries}
    except (ValueError, KeyError, TypeError):
        return {}
