"""The hash chain over audit rows; pure.

Each row's hash covers all its fields and the hash of the row before, so that a row that was changed, taken
out, put in or moved no longer fits. It is keyed: who can write to the database, but has no key ring, can't
make the chain anew. They can still cut off its end, and its last rows with it; that shows to those who kept
number and hash of a later row.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

START: Final = ""
"""What stands for the hash before the first row."""


_ANCHOR: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{16,64})")


class RowUnreadable(Exception):
    """The database can't give the next row at all."""


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
    hash: str = START
    """Of the last row that fits."""


class Anchor(NamedTuple):
    """A row that somebody noted: its number, and its hash or a part of its beginning."""

    number: int
    hash: str


def anchor_from(text: str) -> Anchor | None:
    """Of ``NUMBER:HASH``; None when it is none. 16 characters of the hash are enough."""
    found = _ANCHOR.fullmatch(text.strip().lower())
    return Anchor(int(found[1]), found[2]) if found else None


def hash_of(link: Link, key: bytes) -> str:
    """The hash that belongs to the row's other fields."""
    fields = link._asdict()
    del fields["hash"]
    fields["why"] = None if link.why is None else bytes(link.why).hex()
    canonical = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def is_whole(link: Link) -> bool:
    """Whether each field is of its kind: a damaged file may hold another one, which has no hash."""
    texts = (link.organisation, link.actor, link.role, link.verb, link.object, link.previous, link.hash)
    numbers = (link.number, link.at)
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(number, int) for number in numbers)
        and isinstance(link.why, bytes | bytearray | None)
    )


def follow(
    links: Iterable[Link], *, key: bytes, last: object, last_hash: object, since: Anchor | None = None
) -> Finding:
    """Check rows in the order of their numbers against each other and against the end that is noted.

    What comes from a damaged file may be of any kind; a row that can't be read is a `RowUnreadable` in the
    place of the next link.
    """
    rows, previous = 0, START
    known = last if isinstance(last, int) else None
    steps = iter(links)
    while True:
        number = rows + 1
        try:
            link = next(steps, None)
        except RowUnreadable:
            return Finding(rows=rows, bad=number, problem="can't be read", hash=previous)
        if link is None:
            break
        problem = _problem(link, number, previous=previous, last=known) or _change(link, key, since)
        if problem:
            return Finding(rows=rows, bad=number, problem=problem, hash=previous)
        rows, previous = number, link.hash
    if known is not None and rows < known:
        return Finding(rows=rows, bad=rows + 1, problem="is missing", hash=previous)
    if known is None or previous != last_hash:
        return Finding(rows=rows, bad=rows, problem="is not the one that the end of the trail names")
    if since is not None and rows < since.number:
        return Finding(rows=rows, bad=rows + 1, problem="is missing", hash=previous)
    return Finding(rows=rows, hash=previous)


def _problem(link: Link, number: int, *, previous: str, last: int | None) -> str:
    """What is wrong with the row that should have this number; empty when it fits."""
    if link.number != number:
        return "is missing"
    if last is not None and number > last:
        return "stands after the end of the trail"
    if link.previous != previous:
        return "does not follow the row before"
    return ""


def _change(link: Link, key: bytes, since: Anchor | None) -> str:
    if not is_whole(link) or not hmac.compare_digest(hash_of(link, key).encode(), _encoded(link.hash)):
        return "was changed"
    if since is not None and link.number == since.number and not link.hash.startswith(since.hash):
        return "is not the one that was noted"
    return ""


def _encoded(hash_: str) -> bytes:
    return hash_.encode("utf-8", "surrogatepass")
