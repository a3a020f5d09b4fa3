"""The collector's package for Debian: its files, where they go, and what of the system it needs."""

from pathlib import Path
from typing import Final

from installers.package.agent import LINUX, Made
from installers.package.nfpm import Item, Package

COLLECTOR: Final = LINUX / "collector"
NAME: Final = "lamplighter-collector"
BASE: Final = f"/usr/lib/{NAME}"
SUMMARY: Final = "receives what school-owned devices found, and shows it to few"
TEXT: Final = """Takes deliveries of Lamplighter's agents over mutual TLS, keeps them sealed, and
shows the designated safeguarding lead a short queue. It brings an embedded
store; PostgreSQL is another choice. Begin by: lamplighter-collector setup."""
UNITS: Final = "/lib/systemd/system"
_DOCUMENTS: Final = f"/usr/share/doc/{NAME}"
_SCRIPTS: Final = {"postinstall": "postinst", "preremove": "prerm", "postremove": "postrm"}


def collector(made: Made) -> Package:
    """Describe the package; there is none for Fedora yet."""
    return Package(
        name=NAME,
        version=made.version,
        summary=SUMMARY,
        text=TEXT,
        items=(
            Item(source=made.program, place=BASE, kind="tree"),
            Item(source=f"../lib/{NAME}/{NAME}", place=f"/usr/bin/{NAME}", kind="symlink"),
            *(Item(source=unit, place=f"{UNITS}/{unit.name}") for unit in _units()),
            *(
                Item(source=made.documents / name, place=f"{_DOCUMENTS}/{name}")
                for name in ("copyright", "changelog.gz")
            ),
            Item(source=made.documents / f"{NAME}.8.gz", place=f"/usr/share/man/man8/{NAME}.8.gz"),
            Item(source=COLLECTOR / "lintian-overrides", place=f"/usr/share/lintian/overrides/{NAME}"),
        ),
        depends=("adduser", "init-system-helpers", f"libc6 (>= {made.glibc})", "libgcc-s1", "libstdc++6"),
        # It is a service; a container has another way to run it.
        recommends=("systemd",),
        scripts={name: made.scripts / file for name, file in _SCRIPTS.items()},
        architecture="amd64",
    )


def _units() -> list[Path]:
    return sorted(path for path in COLLECTOR.iterdir() if path.suffix in {".service", ".timer"})
