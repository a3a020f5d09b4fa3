"""Licences by their SPDX names: what a distribution says, and whether we may ship it so. Pure."""

import re
from collections.abc import Mapping
from importlib.metadata import PackageMetadata
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

# The EUPL lets its work be shipped together with works under each of these; another one is a decision.
SHIPPED: Final = frozenset(
    {
        *("0BSD", "Apache-2.0", "blessing", "BSD-2-Clause", "BSD-3-Clause", "bzip2-1.0.6"),
        *("EUPL-1.2", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0"),
        *("BSD-Attribution-HPND-disclaimer", "LicenseRef-public-domain", "MPL-2.0", "OLDAP-2.8"),
        *("PostgreSQL", "PSF-2.0", "Unicode-3.0", "Zlib"),
        # Of data alone, which stays what it is beside our program; the notice names who made it.
        "CC-BY-SA-4.0",
        # What Windows' compilers add to every program; the EUPL asks nothing of it.
        "LicenseRef-Microsoft-Distributable-Code",
        # What starts the frozen program: with it any program may be started.
        "GPL-2.0-or-later WITH Bootloader-exception",
    }
)
# What libraries without a licence expression write instead; a word that means several is not here.
_SPOKEN: Final[Mapping[str, str]] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "LGPLv2+": "LGPL-2.1-or-later",
    "MIT License": "MIT",
}
# Said by no field, or not by a name that says one thing; read in the text that the distribution brings.
_READ: Final[Mapping[str, str]] = {
    "colorama": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "pynput": "LGPL-3.0-only",
    "pywin32": "PSF-2.0",
}


class LicenceRefused(Exception):
    """A release would ship what it may not, or does not know the licence of; says each by name."""


def licence_of(name: str, about: PackageMetadata) -> str:
    """Return the SPDX expression of a distribution by its metadata; "" where it can't be known."""
    said = [_field(about, "License-Expression"), _READ.get(name, ""), _field(about, "License")]
    said += [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or [] if "License ::" in one]
    for one in said:
        text = one.strip()
        try:
            return str(canonicalize_license_expression(_SPOKEN.get(text, text)))
        except InvalidLicenseExpression:
            continue
    return ""


def _field(about: PackageMetadata, name: str) -> str:
    return str(about[name]) if name in about else ""


def may_be_shipped(expression: str) -> bool:
    """Say whether an SPDX expression leaves us a way to ship; an exception (WITH) only grants."""
    words = re.findall(r"[()]|[^\s()]+", expression)
    if not words:
        return False
    allowed, rest = _either(words)
    return allowed and not rest


def _either(words: list[str]) -> tuple[bool, list[str]]:
    allowed, words = _both(words)
    while words and words[0].upper() == "OR":
        other, words = _both(words[1:])
        allowed = allowed or other
    return allowed, words


def _both(words: list[str]) -> tuple[bool, list[str]]:
    allowed, words = _one(words)
    while words and words[0].upper() == "AND":
        other, words = _one(words[1:])
        allowed = allowed and other
    return allowed, words


def _one(words: list[str]) -> tuple[bool, list[str]]:
    if not words:
        return False, []
    if words[0] == "(":
        allowed, words = _either(words[1:])
        return (allowed, words[1:]) if words[:1] == [")"] else (False, words)
    if words[1:2] == ["WITH"]:
        return words[0] in SHIPPED or " ".join(words[:3]) in SHIPPED, words[3:]
    return words[0] in SHIPPED, words[1:]
