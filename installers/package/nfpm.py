"""What a package is, typed, and how nfpm is told: its YAML may be JSON. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

# Who answers is a setting: see `documents.maintainer`.
MAINTAINER: Final = "Lamplighter maintainers <lamplighter@lists.school>"
# Where a package manager keeps what somebody edited.
SETTINGS: Final = "config|noreplace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something in the package. `kind` is nfpm's: a file, "tree", "symlink", "dir" or `SETTINGS`."""

    source: Path | str
    place: str
    kind: str = ""
    mode: int = 0o644

    def described(self) -> dict[str, Any]:
        """Return it as nfpm has it."""
        about: dict[str, Any] = {"src": str(self.source), "dst": self.place}
        if self.kind:
            about["type"] = self.kind
        # A tree's files keep the modes that they have.
        if self.kind not in ("tree", "symlink"):
            about["file_info"] = {"mode": self.mode, "owner": "root", "group": "root"}
        return about


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package in one format. `scripts` are files by nfpm's names of them ("postinstall")."""

    name: str
    version: str
    summary: str
    text: str
    items: tuple[Item, ...]
    depends: tuple[str, ...]
    recommends: tuple[str, ...] = ()
    scripts: Mapping[str, Path] = field(default_factory=dict)
    architecture: str = "amd64"
    compression: str = "xz"
    maintainer: str = MAINTAINER

    def configuration(self) -> str:
        """Return nfpm's configuration."""
        about: dict[str, Any] = {
            "name": self.name,
            "arch": self.architecture,
            "platform": "linux",
            "version": self.version,
            "version_schema": "none",
            "section": "admin",
            "priority": "optional",
            "maintainer": self.maintainer,
            "vendor": "Lamplighter",
            "license": "EUPL-1.2",
            "description": f"{self.summary}\n{self.text}",
            "depends": list(self.depends),
            "recommends": list(self.recommends),
            "contents": [item.described() for item in self.items],
            "scripts": {name: str(path) for name, path in self.scripts.items()},
            "deb": {"compression": self.compression},
            "rpm": {
                "summary": self.summary,
                # It has none at all but packs the other ways.
                "compression": "gzip" if self.compression == "none" else self.compression,
                "group": "System Environment/Daemons",
            },
        }
        return json.dumps(about, indent=1)
