"""Runs Microsoft Defender: its command-line program, and PowerShell for its state. Never ran on Windows."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import PureWindowsPath

from lamplighter_agent.backends.windows._powershell import NO_WINDOW, answer
from lamplighter_agent.backends.windows.defender import STATUS, arguments, judged, newest, readiness
from lamplighter_agent.media.scan.engine import Readiness
from lamplighter_agent.media.scan.outcome import Reason

ANSWERS_WITHIN_S = 60.0
SCANS_WITHIN_S = 6 * 3600.0
_LOOKS_EVERY_S = 1.0
_LONGEST_OUTPUT = 1 << 20


class Defender:
    """Fills `FolderEngine`."""

    def readiness(self) -> Readiness:
        try:
            told = answer(STATUS, within_s=ANSWERS_WITHIN_S)
        except TimeoutError:
            return Readiness(reason=Reason.ENGINE_HUNG)
        except OSError:
            return Readiness(reason=Reason.ENGINE_MISSING)
        return readiness(told.decode("utf-8", "replace"))

    def judge(self, folder: str, waits: Callable[[], None]) -> Reason:
        with tempfile.TemporaryFile() as heard:
            try:
                process = subprocess.Popen(
                    arguments(_program(), folder),
                    stdin=subprocess.DEVNULL,
                    stdout=heard,
                    stderr=subprocess.STDOUT,
                    creationflags=NO_WINDOW,
                )
            except OSError:
                return Reason.ENGINE_MISSING
            deadline = time.monotonic() + SCANS_WITHIN_S
            while True:
                try:
                    code = process.wait(_LOOKS_EVERY_S)
                    break
                except subprocess.TimeoutExpired:
                    waits()
                if time.monotonic() > deadline:
                    process.kill()
                    return Reason.ENGINE_HUNG
            heard.seek(0)
            return judged(code, heard.read(_LONGEST_OUTPUT).decode("utf-8", "replace"))


def _program() -> str:
    """Return the newest that updates brought, else the one that came with Windows."""
    updates = os.environ.get("PROGRAMDATA", "C:\\ProgramData") + "\\Microsoft\\Windows Defender\\Platform"
    try:
        version = newest(os.listdir(updates))  # noqa: PTH208 - names are all that is wanted
    except OSError:
        version = ""
    own = os.environ.get("PROGRAMFILES", "C:\\Program Files") + "\\Windows Defender"
    return str(PureWindowsPath(f"{updates}\\{version}" if version else own) / "MpCmdRun.exe")
