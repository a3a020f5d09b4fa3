"""What a technician left for this device to enrol with, read; and what came of a try. Pure.

`asset_tag` is the tag itself or one of two rules, so that one image does for a whole room: `hostname`, the
name of this computer up to its first full stop, or `serial`, the number that its maker gave it. What an asset
tag can't hold (anything but letters, digits, full stop, hyphen and underscore) becomes a hyphen then.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.pending_port import NAMES
from lamplighter_agent.errors import PendingUnusable

HOSTNAME: Final = "hostname"
SERIAL: Final = "serial"
_LONGEST_TAG: Final = 64
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NO_HOSTS: Final = frozenset({"", "localhost"})


class Outcome(StrEnum):
    """What came of one try."""

    ENROLLED = "enrolled"
    # Nothing is left there any more.
    NONE = "none"
    # Tried again by itself: the network, the clock, a disk without room.
    LATER = "later"
    # Not tried again before something else lies there: only a person can help.
    REFUSED = "refused"
    # This device is enrolled; what was left had been used, and is removed.
    OVER = "over"
    # This device is enrolled, and what was left is for something else: it stays, and is named.
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One try. `problem` has no word of the token."""

    outcome: Outcome
    problem: str = ""

    def line(self) -> bytes:
        """Return it as the program that tried tells the service."""
        return json.dumps({"outcome": self.outcome.value, "problem": self.problem}).encode() + b"\n"


def tried_in(line: bytes) -> Tried | None:
    """Read a line; None for what is none."""
    try:
        found = json.loads(line)
        return Tried(outcome=Outcome(found["outcome"]), problem=str(found["problem"]))
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What was left, checked as far as that goes without the token's file."""

    collector: str
    pin: str
    asset_tag: str
    token: str = field(default="", repr=False)
    token_file: Path | None = None


def pending_in(told: Mapping[str, object]) -> Pending:
    """Read what was left; raises PendingUnusable with the key at fault, and never quotes a value."""
    for name, value in told.items():
        if name not in NAMES:
            raise PendingUnusable("it has a setting that nobody knows")
        if not isinstance(value, str) or not value.strip():
            raise PendingUnusable(f"{name}: must be text")
    said = {name: str(value).strip() for name, value in told.items()}
    for name in ("collector", "pin", "asset_tag"):
        if name not in said:
            raise PendingUnusable(f"{name}: is missing")
    if ("token" in said) == ("token_file" in said):
        raise PendingUnusable("token_file: is needed, or token, and not both")
    file = Path(said["token_file"]) if "token_file" in said else None
    if file is not None and not file.is_absolute():
        raise PendingUnusable("token_file: must be a whole path")
    return Pending(
        collector=said["collector"],
        pin=said["pin"].lower(),
        asset_tag=said["asset_tag"],
        token=said.get("token", ""),
        token_file=file,
    )


def tag_of(rule: str, *, hostname: str, serial: str) -> str:
    """Return the asset tag that a rule gives this device; raises PendingUnusable where there is none."""
    if rule == HOSTNAME:
        name = hostname.partition(".")[0]
        if name.casefold() in _NO_HOSTS:
            raise PendingUnusable("asset_tag: this computer has no name of its own yet")
        return _fitting(name)
    if rule == SERIAL:
        if not serial:
            raise PendingUnusable("asset_tag: this computer's maker gave it no serial number")
        return _fitting(serial)
    return rule


def _fitting(name: str) -> str:
    return _STRANGE.sub("-", name).strip("-._")[:_LONGEST_TAG]
