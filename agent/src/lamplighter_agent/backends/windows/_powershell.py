"""Asks PowerShell, without a window of its own. Never ran on Windows."""

import os
import subprocess

# Of CreateProcess.
NO_WINDOW = 0x0800_0000


def answer(question: str, *, within_s: float) -> bytes:
    """Return what it prints; raises OSError where it can't be run, TimeoutError where it does not end."""
    root = os.environ.get("SYSTEMROOT", "C:\\Windows")
    shell = f"{root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    try:
        return subprocess.run(
            [shell, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
            creationflags=NO_WINDOW,
        ).stdout
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(60, "PowerShell does not answer") from error
