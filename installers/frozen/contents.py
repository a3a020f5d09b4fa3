"""What goes into a frozen program: what requirements.lock has for its distribution, and nothing beside it.

The environment that builds also holds what tests and the other distributions need, and some libraries use it
where they find it. So everything installed that the distribution does not need is left out by name.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from lamplighter_agent.lean import UNUSED_PARTS
from packaging.utils import canonicalize_name

from installers.closure import needed
from installers.frozen import entry_agent

HERE: Final = Path(__file__).parent
# Of the standard library: windows, what builds and tests, and OpenSSL, beside which gRPC and `cryptography`
# bring one of their own (`lamplighter_agent.lean`).
_STANDARD: Final = (
    *("_hashlib", "_ssl", "ssl", "_tkinter", "tkinter", "turtle", "idlelib", "curses", "_curses", "readline"),
    *("unittest", "doctest", "pdb", "test", "distutils", "lib2to3", "ensurepip", "venv", "xmlrpc"),
    *("multiprocessing", "pydoc", "pydoc_data"),
)
# What gRPC's compiled part imports, which nobody sees in it.
_FOR_GRPC: Final = ("pkgutil", "traceback", "inspect", "platform")
# Found by name while the collector runs.
_FOR_THE_STORE: Final = (
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg_binary",
)
LISTS: Final = HERE.parents[1] / "keyword_lists"
# What the collector's wheel brings of the lists, and where it has it (`lamplighter_keywords.shipped`).
_LISTS: Final = {"lists": "lists", "knowledge": "knowledge", "themes.toml": "", "compiled.pack": ""}
# Libraries of the system that we ask for while we run, where it has them; a copy would age with us.
_THE_SYSTEMS: Final = (
    *("libgcc_s", "libstdc++", "libudev", "libxkbcommon", "libX11", "libxcb", "libXau", "libXdmcp"),
    *("bcryptprimitives", "api-ms-win-"),
)
# Colours for source code in tracebacks, for every language there is; ours are in one.
_LEXERS: Final = "pygments/lexers/"
_LEXERS_KEPT: Final = frozenset({"__init__.pyc", "_mapping.pyc", "python.pyc"})
# Authorities of the whole web: devices trust their school's alone. The rest is for compilers.
_NO_DATA: Final = ("roots.pem", ".pyi", ".pxd", ".pyx", ".cc", ".h", "/INSTALLER", "/REQUESTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One frozen program: its modules are found from `entry`; `hidden` are those that are not."""

    name: str
    distribution: str
    entry: Path
    hidden: tuple[str, ...] = ()
    # Packages of ours whose files that are no modules go with it.
    data: tuple[str, ...] = ()
    # Packages whose modules are read as text while it runs.
    sources: tuple[str, ...] = ()
    # Files and folders that lie elsewhere, and the folder that they go to.
    files: tuple[tuple[Path, str], ...] = ()
    left_out: tuple[str, ...] = _STANDARD

    def excluded(self) -> list[str]:
        """Return the modules that must not come with it."""
        return sorted({*self.left_out, *outsiders(self.distribution), *_other_systems()})


def outsiders(distribution: str) -> set[str]:
    """Return the top modules installed here that `distribution` does not need."""
    wanted = needed(distribution) | _ours(distribution)
    # An editable installation tells no modules.
    others = {name for name in map(canonicalize_name, _installed()) if name.startswith("lamplighter-")}
    return {name.replace("-", "_") for name in others - wanted} | {
        module
        for module, names in metadata.packages_distributions().items()
        if not wanted & {canonicalize_name(name) for name in names} and module.isidentifier()
    }


def _installed() -> list[str]:
    return [one.name for one in metadata.distributions()]


def ships_library(name: str) -> bool:
    """Say whether a library that was found is ours to ship."""
    return not name.replace("\\", "/").rpartition("/")[2].startswith(_THE_SYSTEMS)


def ships_file(name: str) -> bool:
    """Say whether a file, the modules among them, is of use; `name` is as this system writes it."""
    name = name.replace("\\", "/")
    if name.startswith(_LEXERS):
        return name.removeprefix(_LEXERS) in _LEXERS_KEPT
    return not name.endswith(_NO_DATA) and not name.startswith(
        tuple(one.replace(".", "/") for one in _other_systems())
    )


def _ours(distribution: str) -> set[str]:
    """Return our own distributions that one of them consists of."""
    found = {distribution}
    for text in metadata.requires(distribution) or []:
        name = canonicalize_name(text.partition("=")[0].partition(">")[0])
        if name.startswith("lamplighter-"):
            found |= _ours(name)
    return found


def _other_systems() -> list[str]:
    here = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]  # noqa: TID251 - its own
    return [f"lamplighter_agent.backends.{one}" for one in ("linux", "windows", "macos") if one != here]


def _of_this_system(modules: Iterable[str]) -> list[str]:
    return [one for one in modules if not one.startswith(tuple(_other_systems()))]


PROGRAMS: Final[Mapping[str, Program]] = {
    "agent": Program(
        name="lamplighter-agent",
        distribution="lamplighter-agent",
        entry=HERE / "entry_agent.py",
        hidden=(*_of_this_system(entry_agent.PROCESSES.values()), *_FOR_GRPC),
        data=("lamplighter_agent", "lamplighter_keywords"),
        left_out=(*_STANDARD, *UNUSED_PARTS),
    ),
    "collector": Program(
        name="lamplighter-collector",
        distribution="lamplighter-collector",
        entry=HERE / "entry_collector.py",
        hidden=(*_FOR_GRPC, *_FOR_THE_STORE),
        data=("lamplighter_collector", "lamplighter_keywords"),
        # Alembic finds the steps of the schema as files.
        sources=("lamplighter_collector.db.migrations",),
        files=tuple((LISTS / name, f"lamplighter_lists/{to}") for name, to in _LISTS.items()),
        # It speaks TLS to browsers, with Python's own; uvicorn imports what it never uses.
        left_out=tuple(one for one in _STANDARD if one not in {"ssl", "_ssl", "_hashlib", "multiprocessing"}),
    ),
}
