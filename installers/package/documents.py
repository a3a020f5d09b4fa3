"""The papers of a package: changelog, copyright with everything that is bundled, the manual's page."""

import gzip
import os
import time
from collections.abc import Sequence
from pathlib import Path

from installers.package.nfpm import MAINTAINER
from installers.release.found import Component

ROOT = Path(__file__).parents[2]


def now() -> float:
    """Return the seconds that papers are dated by: what a reproducible build says, or this moment."""
    return float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())


def maintainer() -> str:
    """Return who answers for a package: MAINTAINER says it, "Name <address>"; else one that nobody reads."""
    return os.environ.get("MAINTAINER") or MAINTAINER


def changelog(name: str, version: str) -> str:
    """Return Debian's form of it; what changed is in our own CHANGELOG."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(now()))
    return (
        f"{name} ({version}) stable; urgency=medium\n\n"
        f"  * Lamplighter {version}; what is new is said in its CHANGELOG.\n\n"
        f" -- {maintainer()}  {date}\n"
    )


def copyright_of(name: str, parts: Sequence[Component]) -> str:
    """Return who holds what: ours, and each part that the program brings by its licence."""
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: Lamplighter",
        "Comment: The program is bundled with what is named below, each part under its own",
        f" licence, whose text is in /usr/share/doc/{name}/bundled.md.gz.",
        "",
        "Files: *",
        "Copyright: the Lamplighter contributors",
        "License: EUPL-1.2",
        "Comment: It contains",
        *(f" {one.name}{one.version and ' '}{one.version}: {one.licence}." for one in parts if one.bundled),
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


def _quoted(text: str) -> list[str]:
    return [f" {line}" if line.strip() else " ." for line in text.strip().splitlines()]
