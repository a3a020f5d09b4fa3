"""Scanning folders in tests, by the process that scans media."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lamplighter_agent.backends.linux.media_scanner import ClamavScanner
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import ScanLimits, ScanOutcome

Progress = Callable[[int, int], None]


def nothing(_files: int, _size: int) -> None:
    """Take note of nothing."""


def scan(socket: Path, folder: Path, *, mounted: bool = False, known: str = "") -> ScanOutcome:
    """Scan a folder to the end."""
    scanner = ClamavScanner(clamd=socket)
    return asyncio.run(scanner.scan_folder(folder, nothing, mounted=mounted, known=known))


def order(socket: Path, folder: Path, *, limits: ScanLimits | None = None, rules: str = "") -> Order:
    """Return the order to scan any folder."""
    return Order(
        parent=os.getpid(),
        folder=str(folder),
        mounted=False,
        clamd=str(socket),
        answers_within_s=20.0,
        rules=rules,
        limits=limits or ScanLimits(),
    )


def scan_as_told(told: Order) -> ScanOutcome:
    """Carry out an order."""
    return asyncio.run(ClamavScanner().run(told, nothing))


def all_that_it_says(told: Order) -> bytes:
    """Carry out an order and return every byte that the process wrote, also to its standard error."""
    command = [sys.executable, "-I", "-m", "lamplighter_agent.backends.linux.scan_process"]
    done = subprocess.run(command, input=told.line(), capture_output=True, check=True, timeout=100)
    return done.stdout + done.stderr
