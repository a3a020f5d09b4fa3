"""What an xterm's tty is doing, so that a journey types a secret only once it is really asked for."""

import os
import termios
from pathlib import Path

from tests.support.waiting import wait_for


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def shell_of(terminal_pid: int) -> int:
    """Return the pid of the program that an xterm runs."""
    children = Path(f"/proc/{terminal_pid}/task/{terminal_pid}/children")
    return int(wait_for(lambda: children.read_text().split(), "the terminal's shell")[0])


def foreground(shell: int) -> str:
    """Return the name of the process in the terminal's foreground."""
    group = int(_stat(shell)[5])
    return Path(f"/proc/{group}/comm").read_text().strip() if Path(f"/proc/{group}").exists() else ""


def flags(shell: int) -> tuple[bool, bool]:
    """Return (canonical, echo) of the shell's terminal."""
    descriptor = os.open(f"/proc/{shell}/fd/0", os.O_RDONLY | os.O_NOCTTY)
    try:
        local = termios.tcgetattr(descriptor)[3]
    finally:
        os.close(descriptor)
    return bool(local & termios.ICANON), bool(local & termios.ECHO)


def wait_for_tty(shell: int, *, name: str, canonical: bool, echo: bool) -> None:
    """Return once `name` is in the foreground and the terminal is in the given mode."""
    wait_for(
        lambda: name in foreground(shell) and flags(shell) == (canonical, echo),
        f"{name} with canonical={canonical} echo={echo}",
    )
