"""The dialogs about portable media on the real desktop, as the person in front of it answers them."""

import contextlib
import subprocess
from pathlib import Path
from typing import Final

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.waiting import wait_for

TITLE: Final = "Portable media"
SECONDS: Final = 60.0
# Of a question, from the button that Return presses on.
ASK: Final = ("Return",)
CODE: Final = ("Left", "Left", "Return")
TELL: Final = "--info"
QUESTION: Final = "--question"
CHOICE: Final = "--list"
ENTRY: Final = "--entry"


class Dialogs:
    """What stands on the desktop about media."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def wait_for(self, kind: str, saying: str = "") -> tuple[int, str]:
        """Return the process and the words of a dialog, once one of this kind stands there with these."""
        return wait_for(
            lambda: _showing(kind, saying), f"a dialog {kind} {saying}", seconds=SECONDS, step=0.1
        )

    def answer(self, kind: str, *keys: str, saying: str = "", typed: str = "") -> str:
        """Press keys in a dialog until it is gone; return what it said."""
        pid, said = self.wait_for(kind, saying)

        def gone() -> bool:
            # A key before the window has the focus goes nowhere.
            self._press(pid, keys, typed)
            try:
                return wait_for(lambda: not Path(f"/proc/{pid}").exists(), "its end", seconds=3)
            except AssertionError:
                return False

        wait_for(gone, f"an answer to {kind}", seconds=SECONDS)
        return said

    def _press(self, pid: int, keys: tuple[str, ...], typed: str) -> None:
        # It fails where the window is not there yet, or not any more.
        with contextlib.suppress(subprocess.CalledProcessError):
            shown = self._desktop.run("xdotool", "search", "--onlyvisible", "--pid", str(pid)).split()
            self._desktop.run("xdotool", "windowactivate", "--sync", shown[0])
            if typed:
                self._desktop.run("xdotool", "key", "ctrl+a")
                self._desktop.run("xdotool", "type", typed)
            self._desktop.run("xdotool", "key", *keys)


def _showing(kind: str, saying: str) -> tuple[int, str] | None:
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("zenity") and kind in words and f"--title={TITLE}" in words:
            told = " ".join(word.removeprefix("--text=") for word in words if word.startswith("--text="))
            if saying in " ".join(told.split()):
                return int(process.name), told
    return None
