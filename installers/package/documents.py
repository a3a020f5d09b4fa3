"""The papers of a package: changelog, copyright with everything that is bundled, the manual's page."""

import gzip
import os
import time
from importlib import metadata
from pathlib import Path

from installers.closure import needed
from installers.package.nfpm import MAINTAINER

ROOT = Path(__file__).parents[2]


def now() -> float:
    """Return the seconds that papers are dated by: what a reproducible build says, or this moment."""
    return float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())


def changelog(name: str, version: str) -> str:
    """Return Debian's form of it; what changed is in our own CHANGELOG."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(now()))
    return (
        f"{name} ({version}) stable; urgency=medium\n\n"
        f"  * Lamplighter {version}; what is new is said in its CHANGELOG.\n\n"
        f" -- {MAINTAINER}  {date}\n"
    )


def copyright_of(distribution: str) -> str:
    """Return who holds what: ours, Python, and each library by the licence that it names."""
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: Lamplighter",
        "Comment: The program is bundled with CPython and the libraries named below, each",
        " under the licence that it names for itself.",
        "",
        "Files: *",
        "Copyright: the Lamplighter contributors",
        "License: EUPL-1.2",
        "Comment: CPython: PSF-2.0, copyright Python Software Foundation.",
        *(f" {about}" for about in sorted(map(_library, needed(distribution)))),
        "",
        "License: EUPL-1.2",
        *_quoted((ROOT / "LICENSE").read_text(encoding="utf-8")),
    ]
    return "\n".join(lines) + "\n"


def page(source: Path, version: str) -> bytes:
    """Return a page of the manual, dated and packed."""
    text = source.read_text(encoding="utf-8").replace("@VERSION@", version)
    return packed(text.replace("@DATE@", time.strftime("%Y-%m-%d", time.gmtime(now()))))


def packed(text: str) -> bytes:
    """Return a text as gzip, the same for the same text."""
    return gzip.compress(text.encode(), 9, mtime=0)


def _library(name: str) -> str:
    about = metadata.metadata(name)
    licence = about.json.get("license_expression") or about.json.get("license") or ""
    licence = str(licence)
    if not licence or "\n" in licence:
        classes = about.get_all("Classifier") or []
        licence = "; ".join(one.rpartition(" :: ")[2] for one in classes if one.startswith("License ::"))
    return f"{about['Name']} {about['Version']}: {licence}."


def _quoted(text: str) -> list[str]:
    return [f" {line}" if line.strip() else " ." for line in text.strip().splitlines()]
