"""Freezes a program by PyInstaller, and makes the folder as a package must have it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installers.frozen.contents import HERE, Program


def build(program: Program, out: Path) -> Path:
    """Make OUT/NAME anew and return it: readable by every account, writable by its owner alone.

    With SOURCE_DATE_EPOCH its files are of that moment, and another run makes the same.
    """
    folder = out / program.name
    with tempfile.TemporaryDirectory(prefix="frozen-") as work:
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        command += ["--distpath", str(out), "--workpath", work, str(HERE / "program.spec"), "--"]
        short = program.name.removeprefix("lamplighter-")
        # A cache of its own: no earlier build gets in. Sets in a module have the same order each time.
        environment = os.environ | {"PYINSTALLER_CONFIG_DIR": work, "PYTHONHASHSEED": "1"}
        subprocess.run([*command, short], env=environment, cwd=HERE.parents[1], check=True)
    _forget_the_builder(folder)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path == folder / program.name
            path.chmod(0o755 if runs else 0o644)
            if moment := os.environ.get("SOURCE_DATE_EPOCH"):
                os.utime(path, (int(moment), int(moment)))
    return folder


def _forget_the_builder(folder: Path) -> None:
    """Take out of libraries the folders of this machine where a Python built by hand looks for others."""
    # A list of Somali words has such a name, too.
    for library in [path for path in folder.rglob("*.so*") if path.suffix != ".toml"]:
        asked = subprocess.run(["patchelf", "--print-rpath", str(library)], capture_output=True, check=True)
        paths = asked.stdout.decode().strip()
        if paths and not paths.startswith("$ORIGIN"):
            subprocess.run(["patchelf", "--remove-rpath", str(library)], check=True)


def size_bytes(folder: Path) -> int:
    """Return how large the files of a folder are together."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
