"""Programs and packages as they are shipped, made once and kept in `.packages` until their sources change."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from installers.frozen.build import build
from installers.frozen.contents import PROGRAMS
from installers.package.build import package
from tests.support.sources import ROOT

KEPT = ROOT / ".packages"
_SOURCES = ("protos", "keyword_lists", "agent", "collector", "installers")


def fingerprint() -> str:
    """Name the state of everything that goes into a package."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    folders = [ROOT / part / "src" for part in _SOURCES[:4]] + [ROOT / _SOURCES[4]]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `name` of this state of the sources, made where it is not there by one process."""
    KEPT.mkdir(exist_ok=True)
    folder = KEPT / f"{name}-{fingerprint()}"
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in KEPT.glob(f"{name}-*"):
                shutil.rmtree(old)
            unfinished = KEPT / f"{name}.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def frozen_agent() -> Path:
    """Return the folder of the frozen agent."""
    return kept("frozen", _freeze) / "lamplighter-agent"


def _freeze(out: Path) -> None:
    build(PROGRAMS["agent"], out)


def agent_deb(version: str = "", *, compression: str = "xz") -> Path:
    """Return the agent's package for Debian; other versions than ours, which tests need, are packed less."""

    def pack(out: Path) -> None:
        package("agent", "deb", out, program=frozen_agent(), version=version, compression=compression)

    (made,) = kept(f"deb{version}", pack).glob("*.deb")
    return made


def collector_deb(version: str = "", *, compression: str = "xz") -> Path:
    """Return the collector's package for Debian; other versions likewise."""

    def freeze(out: Path) -> None:
        build(PROGRAMS["collector"], out)

    def pack(out: Path) -> None:
        program = kept("collector-frozen", freeze) / "lamplighter-collector"
        package("collector", "deb", out, program=program, version=version, compression=compression)

    (made,) = kept(f"collector-deb{version}", pack).glob("*.deb")
    return made
