"""Starts `unmount_after` when the first volume is released, and tells it which there are."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.macos.unmount_after")
_ENDS_WITHIN_S: Final = 10.0


class UnmountKeeper:
    """Fills `Keeper`. On the loop: a line in a pipe takes no time."""

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        return self._process

    def keep(self, name: str) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._let_go(self._process)
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, close_fds=False
            )
        self._say(f"+{name}")

    def forget(self, name: str) -> None:
        if self._process is not None:
            try:
                self._say(f"-{name}")
            except OSError:
                self._let_go(self._process)

    def close(self) -> None:
        """Have it end; what it still keeps is unmounted."""
        if self._process is not None:
            self._let_go(self._process)

    def _say(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def _let_go(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = None
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
