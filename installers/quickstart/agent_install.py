"""Installs the agent's wheels into a folder of their own, as a school's installer would.

As root the folder is root-owned and world-readable, with the system's own interpreter, so that the pupil's
account can run the session helper but not change it.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from installers.closure import locked, needed

ROOT = Path(__file__).parents[2]
SYSTEM_PYTHON = Path("/usr/bin/python3")
UV = str(Path(sys.executable).with_name("uv"))
PARTS = ("protos", "keyword_lists", "agent")


def install_agent(folder: Path) -> Path:
    """Install the agent into `folder` unless it holds just this version; return its command."""
    wanted = _fingerprint()
    mark = folder / "lamplighter.sha256"
    command = folder / "bin" / "lamplighter-agent"
    if command.exists() and mark.exists() and mark.read_text() == wanted:
        return command
    mark.unlink(missing_ok=True)
    environment(folder, needed("lamplighter-agent"))
    wheels = [str(_wheel(part, folder / "wheels")) for part in PARTS]
    _install(folder, "--no-deps", *wheels)
    mark.write_text(wanted)
    return command


def environment(folder: Path, names: set[str]) -> Path:
    """Make a Python environment with the locked distributions `names`; return its interpreter.

    As root it is made of the system's interpreter, which every account can execute.
    """
    os.umask(0o022)
    python = SYSTEM_PYTHON if os.getuid() == 0 else Path(sys.executable)
    subprocess.run([UV, "venv", "--quiet", "--clear", "--python", str(python), str(folder)], check=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(locked(names), encoding="utf-8")
    _install(folder, "--no-deps", "--require-hashes", "-r", str(requirements))
    return folder / "bin" / "python"


def _install(folder: Path, *what: str) -> None:
    # As pip does of itself: else each start compiles anew, which takes long and leaves holes in memory.
    into = ["--quiet", "--compile-bytecode", "--python", str(folder / "bin" / "python")]
    into += ["--link-mode", "copy"]
    subprocess.run([UV, "pip", "install", *into, *what], check=True)
    # uv leaves a lock file that everybody may write.
    subprocess.run(["chmod", "--recursive", "go-w", str(folder)], check=True)


def _wheel(part: str, out: Path) -> Path:
    build = [UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    before = set(out.glob("*.whl"))
    subprocess.run([*build, "--out-dir", str(out), str(ROOT / part)], check=True)
    (made,) = set(out.glob("*.whl")) - before
    return made


def _fingerprint() -> str:
    """Name what would be installed: the sources of the three wheels and their locked requirements."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for part in PARTS:
        # Not the lists, which lie beside the sources: they come with the bundle.
        sources = [ROOT / part / "pyproject.toml", *sorted((ROOT / part / "src").rglob("*"))]
        for path in sources:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
