"""The hash chain over audit rows; pure.

Each row's hash covers all its fields and the hash of the row before, so that a row that was changed, taken
out, put in or moved no longer fits. Whoever can write to the database can also make the whole chain anew: it
shows a change to those who kept a hash of an earlier day.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

START: Final = ""
"""What stands for the hash before the first row."""


class Link(NamedTuple):
    """One audit row, in the order of the table's columns."""

    organisation: str
    number: int
    at: int
    actor: str
    role: str
    verb: str
    object: str
    why: bytes | bytearray | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of following a chain: how many rows fit, and the first that does not."""

    rows: int
    bad: int | None = None
    """Number of the first row that was changed, is missing or does not belong there."""
    problem: str = field(default="")


def hash_of(link: Link) -> str:
    """The hash that belongs to the row's other fields."""
    fields = link._asdict()
    del fields["hash"]
    fields["why"] = None if link.why is None else bytes(link.why).hex()
    canonical = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def follow(links: Iterable[Link], *, last: int, last_hash: str) -> Finding:
    """Check rows in the order of their numbers against each other and against the end that is noted."""
    rows, previous = 0, START
    for link in links:
        number = rows + 1
        problem = ""
        if link.number != number:
            problem = "is missing"
        elif number > last:
            problem = "stands after the end of the trail"
        elif link.previous != previous:
            problem = "does not follow the row before"
        elif hash_of(link) != link.hash:
            problem = "was changed"
        if problem:
            return Finding(rows=rows, bad=number, problem=problem)
        rows, previous = number, link.hash
    if rows < last:
        return Finding(rows=rows, bad=rows + 1, problem="is missing")
    if previous != last_hash:
        return Finding(rows=rows, bad=rows, problem="is not the one that the end of the trail names")
    return Finding(rows=rows)
