"""What Microsoft Defender says, and what that means. Pure.

`MpCmdRun.exe -Scan -ScanType 3 -File FOLDER -DisableRemediation` looks into a folder and its archives,
whatever is excluded, and removes nothing. Its exit code alone says too little: 2 stands for malware and for
every fault, and a folder that it skipped is no fault. So only code 0 together with its own words "found no
threats" is clean. Where it speaks another language than English nothing is clean.

It says nothing of archives with passwords, and its limits are not told: `media_scan.py` looks for those.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from lamplighter_agent.media.scan.engine import Readiness
from lamplighter_agent.media.scan.outcome import Reason

ENGINE: Final = "Microsoft Defender"
# One line of JSON; times in milliseconds since 1970 UTC.
STATUS: Final = (
    "$ErrorActionPreference='Stop'; $s=Get-MpComputerStatus; @{"
    "service=[bool]$s.AMServiceEnabled; antivirus=[bool]$s.AntivirusEnabled;"
    "realtime=[bool]$s.RealTimeProtectionEnabled; mode=[string]$s.AMRunningMode;"
    "engine=[string]$s.AMEngineVersion;"
    "signatures=([DateTimeOffset]$s.AntivirusSignatureLastUpdated).ToUnixTimeMilliseconds()"
    "} | ConvertTo-Json -Compress"
)
_NORMAL: Final = "Normal"
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*(?:-\d+)?")
_CLEAN: Final = re.compile(r"\bfound no threats\b", re.IGNORECASE)
_FOUND: Final = re.compile(r"\bfound [1-9]\d* threats?\b|LIST OF DETECTED THREATS", re.IGNORECASE)
_SKIPPED: Final = re.compile(r"\bwas skipped\b", re.IGNORECASE)


def arguments(program: str, folder: str) -> list[str]:
    """Return how a folder is scanned."""
    return [program, "-Scan", "-ScanType", "3", "-File", folder, "-DisableRemediation"]


def judged(code: int, output: str) -> Reason:
    """Return CLEAN for an explicit word of that and no other; MALWARE where it found some."""
    if _FOUND.search(output):
        return Reason.MALWARE
    clean = code == 0 and _CLEAN.search(output) and not _SKIPPED.search(output)
    return Reason.CLEAN if clean else Reason.ENGINE_FAILED


def readiness(status: str) -> Readiness:
    """Read what `STATUS` printed. Fit is it only as the antivirus in charge, with real-time protection on.

    Without that nothing would look at files that are written to a medium after it was released.
    """
    try:
        told: Mapping[str, Any] = json.loads(status)
        signatures, version, mode = int(told["signatures"]), str(told["engine"]), str(told["mode"])
        on = [bool(told[name]) for name in ("service", "antivirus")]
        realtime = bool(told["realtime"])
    except (ValueError, KeyError, TypeError):
        return Readiness(reason=Reason.ENGINE_MISSING)
    engine = f"{ENGINE} {version}" if _VERSION.fullmatch(version) else ENGINE
    if not all(on):
        reason = Reason.ENGINE_MISSING
    elif not realtime or mode != _NORMAL:
        reason = Reason.ENGINE_UNFIT
    else:
        reason = Reason.CLEAN
    return Readiness(reason=reason, engine=engine, signatures_at=max(signatures, 0))


def newest(folders: Iterable[str]) -> str:
    """Return the newest of the folders that updates leave, by their numbers; "" where none is one."""
    found = [one for one in folders if _VERSION.fullmatch(one)]
    return max(found, key=lambda one: [int(part) for part in re.split(r"[.-]", one)], default="")
