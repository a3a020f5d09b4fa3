"""The collector's package: its files, where they go, and what of the system it needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from installers.package.frame import LINUX, UNITS, Made, program
from installers.package.nfpm import Item, Package

COLLECTOR: Final = LINUX / "collector"
NAME: Final = "lamplighter-collector"
SUMMARY: Final = "receives what school-owned devices found, and shows it to few"
TEXT: Final = """Takes deliveries of Lamplighter's agents over mutual TLS, keeps them sealed,
and shows the designated safeguarding lead a short queue. It brings an embedded
store; PostgreSQL is another choice. Begin by: lamplighter-collector setup."""
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "deb": ("adduser",),
    "rpm": ("coreutils", "shadow-utils"),
}


def collector(kind: str, made: Made) -> Package:
    """Describe the package of one format ("deb", "rpm")."""
    return Package(
        name=NAME,
        version=made.version,
        summary=SUMMARY,
        text=TEXT,
        items=(
            *program(NAME, kind, made),
            *(Item(source=unit, place=f"{UNITS[kind]}/{unit.name}") for unit in _units()),
        ),
        depends=(*_NEEDS[kind], *made.system(kind)),
        # It is a service; a container has another way to run it.
        recommends=("systemd",),
        scripts=made.script_files(),
        architecture="amd64",
    )


def _units() -> list[Path]:
    return sorted(path for path in COLLECTOR.iterdir() if path.suffix in {".service", ".timer"})
