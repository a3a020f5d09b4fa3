"""Programs and packages as they are shipped, made once and kept in `.packages` until their sources change."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from installers.frozen.build import build
from installers.frozen.contents import PROGRAMS
from installers.package.build import package
from tests.support.sources import ROOT

KEPT = ROOT / ".packages"
# What goes into the programs; and what else into the packages around them. What a README says is in neither.
_FROZEN = ("requirements.lock", "installers/closure.py", "installers/frozen")
_PROGRAMS = {
    "agent": ("protos", "keyword_lists/src", "keyword_lists/pyproject.toml", "agent"),
    "collector": ("protos", "keyword_lists", "collector"),
}
_AROUND = ("LICENSE", "installers/package", "installers/release", "installers/linux")
# Read by people, or made of what is counted already.
_NEVER = frozenset({".md", ".pack", ".png", ".pyc", ".txt"})


def fingerprint(*parts: str) -> str:
    """Name the state of files and folders of the repository that something is made of."""
    digest = hashlib.sha256()
    for path in sorted({path for part in parts for path in (ROOT / part, *(ROOT / part).rglob("*"))}):
        if path.is_file() and path.suffix not in _NEVER and "node_modules" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def kept(name: str, make: Callable[[Path], None], *, of: Sequence[str]) -> Path:
    """Return the folder `name` for the state of what it is made `of`; one process makes a missing one."""
    KEPT.mkdir(exist_ok=True)
    folder = KEPT / f"{name}-{fingerprint(*of)}"
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


def frozen(name: str) -> Path:
    """Return the folder of a frozen program ("agent", "collector")."""

    def freeze(out: Path) -> None:
        build(PROGRAMS[name], out)

    return kept(f"frozen-{name}", freeze, of=(*_FROZEN, *_PROGRAMS[name])) / f"lamplighter-{name}"


def built(name: str, kind: str, version: str = "", *, compression: str = "xz") -> Path:
    """Return the package ("deb", "rpm") of a program; other versions than ours, for tests, packed less."""

    def pack(out: Path) -> None:
        package(name, kind, out, program=frozen(name), version=version, compression=compression)

    what = (*_FROZEN, *_PROGRAMS[name], *_AROUND)
    (made,) = kept(f"{kind}-{name}{version}", pack, of=what).glob(f"*.{kind}")
    return made


def agent_deb(version: str = "", *, compression: str = "xz") -> Path:
    """Return the agent's package for Debian."""
    return built("agent", "deb", version, compression=compression)


def collector_deb(version: str = "", *, compression: str = "xz") -> Path:
    """Return the collector's package for Debian."""
    return built("collector", "deb", version, compression=compression)
