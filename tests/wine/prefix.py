"""A wine of its own on a virtual desktop, with an interpreter in it."""

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from installers.quickstart.virtual_desktop.desktop import Desktop
from installers.quickstart.waiting import wait_for
from installers.windows.interpreter import put_together, windows_path
from tests.support.sources import ROOT

# Generous: a first start on a busy machine.
WAIT_S = 40.0
COMMAND_S = 120.0


def told_in(report: Path) -> list[dict[str, Any]]:
    """Return the lines of a report; one that is still being written is left for later."""
    lines = report.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


class Program:
    """A script of `inside` that runs. It is told lines, and tells lines of JSON in a file of its own."""

    def __init__(self, process: subprocess.Popen[bytes], report: Path) -> None:
        self._process = process
        self._report = report

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def told(self) -> list[dict[str, Any]]:
        """Return all that it told so far."""
        return told_in(self._report)

    def values(self, key: str) -> list[Any]:
        """Return what it told under one name, in order."""
        return [line[key] for line in self.told() if key in line]

    def until(self, condition: Callable[[], bool], what: str, *, seconds: float = WAIT_S) -> None:
        """Wait; raise `TimeoutError` with what was waited for, also where the program ended before."""

        def look() -> bool:
            if condition():
                return True
            if self._process.poll() is not None:
                raise TimeoutError(f"{what}: the program ended with {self._process.returncode}")
            return False

        wait_for(look, what, seconds=seconds)


class Wine:
    """Runs commands. Output goes to files: wine's own services would hold a pipe open."""

    def __init__(self, folder: Path, desktop: Desktop) -> None:
        self.folder = folder
        self.desktop = desktop
        self._more = {
            **desktop.environment,
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            # Else wine asks, in a window of its own, whether to fetch what we don't need.
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=d",
        }
        # The first program of all has wine boot. `wineboot` would do so twice: two service managers, of which
        # each one knows some of the services, would answer by turns.
        self.run("wine", "cmd", "/c", "exit")

    @cached_property
    def _program(self) -> str:
        return windows_path(put_together(self.folder))

    @property
    def drive(self) -> Path:
        """Where its drive C lies."""
        return self.folder / "prefix" / "drive_c"

    def run(self, *command: str, output: str = "") -> str:
        """Run a command to its end; return its output. Our interpreter writes to the file `output`."""
        return self.ended(*command, output=output)[1]

    def ended(self, *command: str, output: str = "") -> tuple[int, str]:
        """Run a command to its end; return the last byte of its exit code, and its output."""
        more = {"LAMPLIGHTER_TRY_OUTPUT": output} if output else {}
        with (self.folder / "output").open("w+b") as printed:
            done = subprocess.run(
                command,
                env=self._more | more,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                timeout=COMMAND_S,
                check=False,
            )
            printed.seek(0)
            return done.returncode, printed.read().decode(errors="replace")

    def command(self, script: str, *arguments: str) -> list[str]:
        """Return how Windows starts a script of `inside`."""
        return [self._program, windows_path(ROOT / "tests/wine/inside" / script), *arguments]

    def command_line(self, *words: str) -> str:
        """Return how Windows starts the interpreter with these words."""
        return subprocess.list2cmdline([self._program, *words])

    def python(self, *words: str) -> str:
        """Run the interpreter to its end; return what it printed."""
        log = self.folder / f"python-{os.urandom(4).hex()}.log"
        self.run("wine", self._program, *words, output=windows_path(log))
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    @contextlib.contextmanager
    def inside(self, script: str, *arguments: str) -> Iterator[Program]:
        """Run a script of `inside`, whose first argument is its report."""
        report = self.report_of(script)
        log = windows_path(self.folder / f"{script}.log")
        process = subprocess.Popen(
            ["wine", *self.command(script, windows_path(report), *arguments)],
            env={**self._more, "LAMPLIGHTER_TRY_OUTPUT": log},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Program(process, report)
        finally:
            process.kill()
            process.wait()
            if process.stdin is not None:
                # Whatever it did not read any more is of no use to anybody.
                with contextlib.suppress(OSError):
                    process.stdin.close()

    def report_of(self, script: str) -> Path:
        """Return a new, empty report."""
        report = self.folder / f"{script}-{os.urandom(4).hex()}.jsonl"
        report.touch()
        return report

    def outputs(self) -> str:
        """Return what scripts told and printed, which is how they failed."""
        logs = sorted([*self.folder.glob("*.jsonl"), *self.folder.glob("*.log")])
        return "".join(f"{log.name}\n{log.read_text(encoding='utf-8', errors='replace')}" for log in logs)

    def shows(self, title: str) -> bool:
        """Tell whether there is a window of this title."""
        return bool(self._window(title))

    def to_front(self, title: str, *, seconds: float = WAIT_S) -> None:
        """Have the window manager bring a window to the front, and wait until it has."""

        def look() -> bool:
            window = self._window(title)
            if window and self.desktop.active_window() != window:
                self.desktop.run("xdotool", "windowactivate", str(window))
            return bool(window) and self.desktop.active_window() == window

        wait_for(look, f"the window {title} in front", seconds=seconds)

    def _window(self, title: str) -> int | None:
        return self.desktop._window_titled(title)

    def patiently(self, look: Callable[[], object], what: str, *, seconds: float = WAIT_S) -> None:
        """Wait for what takes a command to look at; raise `TimeoutError` with what was waited for."""
        pause, until = threading.Event(), time.monotonic() + seconds
        while not look():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {seconds:.0f} s: {what}")
            pause.wait(0.2)

    def end(self) -> None:
        """End everything that runs in here."""
        self.run("wineserver", "--kill")
