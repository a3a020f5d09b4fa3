"""A school's own changes of the lists (`authoring/overrides.py`) as one part of a bundle.

Canonical JSON of ::

    {"format": 1, "overrides": [
        {"term": "gb-0003", "expires": "2027-03-31", "disabled": true},
        {"term": "dr-0107", "expires": "2027-03-31", "severity": 3},
        {"term": "bu-0004", "expires": "2027-03-31", "exceptions": ["the bully pulpit"]}]}

Reasons and owners stay in the school's file: a laptop has no use for a colleague's name. Devices apply what
is not over each time they make a matcher, so that the part survives every update of the lists. Pure.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lamplighter_keywords.authoring.overrides import Override, Overrides
from lamplighter_keywords.bundles.envelope import canonical, parse_canonical
from lamplighter_keywords.errors import BundleMalformed

OVERRIDES = "overrides"
FORMAT = 1
MOST_BYTES = 256 << 10


def overrides_document(overrides: Overrides) -> bytes:
    """Write the part; raise `BundleMalformed` where there are too many changes."""
    document = canonical({"format": FORMAT, "overrides": [_plain(one) for one in overrides]})
    if len(document) > MOST_BYTES:
        raise BundleMalformed(f"{OVERRIDES}: too large")
    return document


def overrides_from_document(raw: bytes) -> Overrides:
    """Read the part; raise `BundleMalformed` for anything that `overrides_document` did not write."""
    if len(raw) > MOST_BYTES:
        raise BundleMalformed(f"{OVERRIDES}: too large")
    match parse_canonical(raw, OVERRIDES):
        case {"format": 1, "overrides": list(rows), **others} if not others:
            found = tuple(_override(row, nth) for nth, row in enumerate(rows, start=1))
        case _:
            raise BundleMalformed(OVERRIDES)
    if overrides_document(found) != raw:
        raise BundleMalformed(OVERRIDES)
    return found


def _plain(override: Override) -> Mapping[str, object]:
    always = {"term": override.term, "expires": override.expires.isoformat()}
    if override.disabled:
        return {**always, "disabled": True}
    if override.severity is not None:
        return {**always, "severity": override.severity}
    return {**always, "exceptions": list(override.exceptions)}


def _override(row: object, nth: int) -> Override:
    changes: dict[str, Any]
    match row:
        case {"term": str(term), "expires": str(day), "disabled": True}:
            changes = {"disabled": True}
        case {"term": str(term), "expires": str(day), "severity": int(severity)} if 1 <= severity <= 5:
            changes = {"severity": int(severity)}
        case {"term": str(term), "expires": str(day), "exceptions": [_, *_] as phrases} if all(
            isinstance(phrase, str) and phrase for phrase in phrases
        ):
            changes = {"exceptions": tuple(phrases)}
        case _:
            raise BundleMalformed(f"{OVERRIDES}: change {nth}")
    try:
        expires = date.fromisoformat(day)
    except ValueError as error:
        raise BundleMalformed(f"{OVERRIDES}: change {nth}: expires") from error
    return Override(term=term, reason="", owner="", expires=expires, file=OVERRIDES, line=nth, **changes)
