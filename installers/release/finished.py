"""Whether a release says whose it is: the release key signs nothing where words stand in for a name."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from installers.package.nfpm import MAINTAINER

# What stands in the artefacts of somebody who only tries it, by the setting that says it.
STANDING_IN: Final[Mapping[str, str]] = {
    "ORGANISATION": "An organisation to be named",
    "TEAM": "TEAM000000",
    "MAINTAINER": MAINTAINER,
}
_ASK: Final = {
    ".deb": ("dpkg-deb", "--field"),
    ".rpm": ("rpm", "--query", "--queryformat", "Maintainer: %{PACKAGER}", "--package"),
}


class Unfinished(Exception):
    """The release key was to vouch for words that stand for a name; says which setting, and where."""


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return each setting, or what stands in for it."""
    return {name: environment.get(name) or word for name, word in STANDING_IN.items()}


def refuse_settings(told: Mapping[str, str]) -> None:
    """Raise Unfinished before anything is built."""
    missing = [name for name, word in STANDING_IN.items() if told[name] == word]
    if missing:
        raise Unfinished(f"the release key signs nothing without {', '.join(missing)}")


def refuse_artefacts(folder: Path) -> None:
    """Raise Unfinished where an artefact says one of these words after all."""
    found = [
        f"{name} in {path.name}"
        for path, text in _readable(folder)
        for name, word in STANDING_IN.items()
        if word in text
    ]
    if found:
        raise Unfinished(f"stands in for a name: {'; '.join(sorted(found))}")


def _readable(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix in _ASK:
            told = subprocess.run([*_ASK[path.suffix], str(path)], capture_output=True, text=True, check=True)
            yield path, told.stdout
        else:
            yield path, path.read_bytes().decode(errors="replace")
