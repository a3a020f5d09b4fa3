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
PARTS = ("protos", "keyword_lists", "agent")


def install_agent(folder: Path) -> Path:
    """Install the agent into `folder` unless it holds just this version; return its command."""
    wanted = _fingerprint()
    mark = folder / "lamplighter.sha256"
    command = folder / "bin" / "lamplighter-agent"
    if command.exists() and mark.exists() and mark.read_text() == wanted:
        return command
    os.umask(0o022)
    mark.unlink(missing_ok=True)
    uv = str(Path(sys.executable).with_name("uv"))
    python = SYSTEM_PYTHON if os.getuid() == 0 else Path(sys.executable)
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", str(python), str(folder)], check=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(locked(needed("lamplighter-agent")), encoding="utf-8")
    into = ["--quiet", "--python", str(folder / "bin" / "python"), "--link-mode", "copy"]
    subprocess.run(
        [uv, "pip", "install", *into, "--no-deps", "--require-hashes", "-r", str(requirements)], check=True
    )
    wheels = [str(_wheel(uv, part, folder / "wheels")) for part in PARTS]
    subprocess.run([uv, "pip", "install", *into, "--no-deps", *wheels], check=True)
    subprocess.run(["chmod", "--recursive", "go-w", str(folder)], check=True)
    mark.write_text(wanted)
    return command


def _wheel(uv: str, part: str, out: Path) -> Path:
    build = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    before = set(out.glob("*.whl"))
    subprocess.run([*build, "--out-dir", str(out), str(ROOT / part)], check=True)
    (made,) = set(out.glob("*.whl")) - before
    return made


def _fingerprint() -> str:
    """Name what would be installed: the sources of the three wheels and their locked requirements."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
