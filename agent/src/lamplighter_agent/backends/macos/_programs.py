"""Runs macOS' own programs by whole path, without a fork: gRPC runs in this process. Never ran on a Mac."""

import subprocess
from pathlib import Path


def output_of(*command: str, within_s: float, strict: bool = False) -> bytes:
    """Return what a program prints; raises OSError where it can't be run, and, `strict`, where it failed."""
    name = Path(command[0]).name
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
            close_fds=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(60, f"{name} does not answer") from error
    if strict and ended.returncode:
        raise OSError(5, f"{name} ended with {ended.returncode}")
    return ended.stdout
