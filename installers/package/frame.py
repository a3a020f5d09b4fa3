"""What both packages have: the program and how a version of it comes to run, the papers, the scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installers.package.nfpm import Item

LINUX: Final = Path(__file__).parents[1] / "linux"
UNITS: Final[Mapping[str, str]] = {"deb": "/lib/systemd/system", "rpm": "/usr/lib/systemd/system"}
# By the name that nfpm has for each; our files go by dpkg's.
_SCRIPTS: Final = {
    "preinstall": "preinst",
    "postinstall": "postinst",
    "preremove": "prerm",
    "postremove": "postrm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made for this package: the frozen program, documents, scripts with the version in them."""

    program: Path
    documents: Path
    scripts: Path
    version: str
    glibc: str

    def script_files(self) -> dict[str, Path]:
        """Return the scripts that this format has, by nfpm's names."""
        return {
            name: self.scripts / file for name, file in _SCRIPTS.items() if (self.scripts / file).exists()
        }

    def system(self, kind: str) -> tuple[str, ...]:
        """Return what of the system every program needs."""
        if kind == "rpm":
            return (f"glibc >= {self.glibc}",)
        return (f"libc6 (>= {self.glibc})", "libgcc-s1", "libstdc++6")


def program(name: str, kind: str, made: Made) -> tuple[Item, ...]:
    """Describe the program `name` with its papers: what dpkg or rpm unpacks, and what makes it run."""
    base, papers = f"/usr/lib/{name}", f"/usr/share/doc/{name}"
    items = [
        Item(source=made.program, place=f"{base}/shipped", kind="tree"),
        Item(source=LINUX / "activate", place=f"{base}/activate", mode=0o755),
        Item(source=f"../lib/{name}/current/{name}", place=f"/usr/bin/{name}", kind="symlink"),
        Item(source=made.documents / "version", place=f"{base}/shipped/version"),
        Item(source=made.documents / "copyright", place=f"{papers}/copyright"),
        Item(source=made.documents / "bundled.md.gz", place=f"{papers}/bundled.md.gz"),
        Item(source=made.documents / f"{name}.8.gz", place=f"/usr/share/man/man8/{name}.8.gz"),
    ]
    if kind == "deb":
        overrides = LINUX / name.removeprefix("lamplighter-") / "lintian-overrides"
        items += [
            Item(source=made.documents / "changelog.gz", place=f"{papers}/changelog.gz"),
            Item(source=overrides, place=f"/usr/share/lintian/overrides/{name}"),
        ]
    return tuple(items)
