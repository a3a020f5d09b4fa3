"""The folder of the agent for Windows: PyInstaller, run by a Windows interpreter under wine.

What goes in is what `installers/frozen` says, for Windows as for Linux.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from installers.windows.interpreter import ROOT, put_together_to_freeze, windows_path

NAME: Final = "lamplighter-agent"
SPEC: Final = "installers/frozen/program.spec"
# A busy machine of two cores takes two minutes.
_SECONDS: Final = 900.0


def freeze(out: Path, wheels: Sequence[Path]) -> Path:
    """Make OUT/lamplighter-agent of our own wheels; raises `ChildProcessError` with its last words."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-freeze-") as folder:
        work = Path(folder)
        program = put_together_to_freeze(work, wheels)
        log = work / "log"
        environment = {
            **os.environ,
            "WINEPREFIX": str(work / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=d",
            "DISPLAY": "",
            # Sets in a module have the same order each time.
            "PYTHONHASHSEED": "1",
            "LAMPLIGHTER_TRY_OUTPUT": windows_path(log),
        }
        options = ["--noconfirm", "--log-level", "WARN"]
        options += ["--distpath", windows_path(out), "--workpath", windows_path(work / "build")]
        pyinstaller = ["-m", "PyInstaller", *options, windows_path(ROOT / SPEC), "--", "agent"]
        try:
            _wine(["wineboot", "--init"], environment)
            _wine(["wine", windows_path(program), *pyinstaller], environment)
        finally:
            _wine(["wineserver", "--kill"], environment)
        made = out / NAME
        if not (made / f"{NAME}.exe").exists():
            raise ChildProcessError(_last_words(log))
    return made


def _wine(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run to the end; wine's own services would hold a pipe open, and its exit codes say little."""
    subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=False,
    )


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(["PyInstaller made no program", *lines[-20:]])
