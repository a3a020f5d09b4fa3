"""Makes room at the caps: what must go, and what never goes.

Dead bytes go first. Then records of the lowest severity, oldest first, of a severity not above the
newcomer's. Severity 4 and 5 never go for something newer; a leased record never goes. One user's records
may fill half: past that only the same user's go. Where nothing may go the newcomer is refused.
"""

from collections.abc import Callable

from lamplighter_agent.errors import SpoolFull
from lamplighter_agent.spool.entry import SEVERE, Entry, SpoolSettings
from lamplighter_agent.spool.segment import Segment, State
from lamplighter_agent.spool.shelf import Shelf

# Drops a record for good: settles it, counts it. The ledger is saved here.
Drop = Callable[[Segment, int], None]


def make_room(shelf: Shelf, settings: SpoolSettings, entry: Entry, *, size: int, drop: Drop) -> None:
    """See to it that `size` more bytes fit; raises SpoolFull where nothing may go."""
    user = shelf.users.index(entry.user)
    chunk = max(size, min(settings.segment_bytes, settings.cap_bytes // 8))
    if shelf.users.live_bytes(user) + size > settings.user_share_bytes:
        _drop_some(shelf, entry, chunk, drop, user=user)
        if shelf.users.live_bytes(user) + size > settings.user_share_bytes:
            raise SpoolFull("one user's records fill half of the spool")
    while shelf.size + size > settings.cap_bytes:
        if shelf.compact_one():
            continue
        if not _drop_some(shelf, entry, chunk, drop, user=None):
            raise SpoolFull("the spool is full of records that may not go")


def _drop_some(shelf: Shelf, entry: Entry, wanted: int, drop: Drop, *, user: int | None) -> int:
    """Drop at least `wanted` bytes if there are so many; returns how many."""
    highest = min(entry.severity, SEVERE - 1)
    victims: list[tuple[int, Segment, int]] = []
    for state in (State.ORDINARY, State.TALLY):
        for segment, seq in shelf.live(state):
            row = seq - segment.base
            if segment.severities[row] <= highest and user in (None, segment.users[row]):
                victims.append((segment.severities[row], segment, seq))
    # Oldest first within a severity.
    victims.sort(key=lambda victim: (victim[0], victim[2]))
    freed = 0
    for _, segment, seq in victims:
        if freed >= wanted:
            break
        freed += segment.sizes[seq - segment.base]
        drop(segment, seq)
    if freed:
        shelf.save()
    return freed
