"""Looking inside archives that an engine can't be relied on to look into.

What an engine said OK to is opened here: members of archives with zip64 sizes, and all members of files that
are not just one plain archive, are unpacked and judged one by one; what comes out is searched for archives
again, and so is what gzip packed. Of a member of a plain archive that is larger than its limit for one file
ClamAV looks at the start, and says OK, so its limit is tried with that size.

Memory and time have limits, and what is beyond them was not looked at.

Not seen: such an archive within anything but zip, gzip and what packs without compressing (tar, iso).
"""

import os
from collections.abc import Iterator

from lamplighter_agent.backends.select_files import disk, scratch
from lamplighter_agent.media.scan.archives import (
    GZIP,
    LOCAL,
    Member,
    Unreadable,
    member_at,
    survey,
    ungzipped,
    unpacked,
)
from lamplighter_agent.media.scan.engine import Session
from lamplighter_agent.media.scan.outcome import Reason, gravest

# ClamAV's own limit of files in one.
MOST_MEMBERS = 10_000
DEEPEST = 6
# Of one member, in memory, at each depth.
LARGEST_PART = 32 << 20
# No engine has a limit below.
TAKEN_BY_ALL = 1 << 20
# Of all members of one file together.
LARGEST_WHOLE = 4 << 30


def look_inside(descriptor: int, session: Session, *, tells_locked: bool = True) -> Reason:
    """Return CLEAN, or the gravest of what was found in a file; raises EngineBroken and OSError.

    `tells_locked`: the engine itself tells of members with passwords in plain archives.
    """
    return _Inside(session, tells_locked=tells_locked).look(descriptor, os.fstat(descriptor).st_size, 0)


class _Inside:
    """One file's looking inside, with what is left of its limits."""

    def __init__(self, session: Session, *, tells_locked: bool) -> None:
        self._session = session
        self._tells_locked = tells_locked
        self._left = LARGEST_WHOLE
        self._members = MOST_MEMBERS

    def look(self, descriptor: int, size: int, depth: int) -> Reason:
        if disk.read_at(descriptor, len(GZIP), 0) == GZIP:
            return self._part(ungzipped(descriptor), depth, judged=False)
        found = survey(descriptor, size, self._members)
        self._members -= len(found.members)
        if self._members < 0:
            return Reason.OVER_LIMIT
        worst = Reason.ARCHIVE_UNREADABLE if len(found.members) < found.entries else Reason.CLEAN
        for place in found.members:
            member = member_at(descriptor, place)
            worst = gravest(worst, self._member(descriptor, member, depth, plain=found.plain))
        return worst

    def _member(self, descriptor: int, member: Member, depth: int, *, plain: bool) -> Reason:
        judged = member.zip64 or not plain
        if member.locked:
            return Reason.ENCRYPTED_CONTENT if judged or not self._tells_locked else Reason.CLEAN
        try:
            return self._part(unpacked(descriptor, member), depth, judged=judged)
        except Unreadable:
            return Reason.ARCHIVE_UNREADABLE if judged else Reason.CLEAN

    def _part(self, pieces: Iterator[bytes], depth: int, *, judged: bool) -> Reason:
        """Unpack one into memory, have it judged where that is due, and look inside again."""
        part = scratch.nameless()
        try:
            size, archive = self._filled(part, pieces)
            # Too much to keep: what is not judged here may be large, if no archive is in it.
            if size > LARGEST_PART and (judged or archive):
                return Reason.OVER_LIMIT
            if size > TAKEN_BY_ALL and not self._session.takes(size):
                return Reason.OVER_LIMIT
            reason = self._judged(part) if judged else Reason.CLEAN
            if reason is not Reason.CLEAN or not archive:
                return reason
            return Reason.OVER_LIMIT if depth >= DEEPEST else self.look(part, size, depth + 1)
        finally:
            os.close(part)

    def _filled(self, part: int, pieces: Iterator[bytes]) -> tuple[int, bool]:
        """Write the pieces as far as they are kept; return how much it is, and whether archives are in it."""
        size, archive, kept = 0, False, b""
        for piece in pieces:
            archive = archive or LOCAL in kept + piece or (size == 0 and piece.startswith(GZIP))
            kept = piece[1 - len(LOCAL) :]
            size += len(piece)
            self._left -= len(piece)
            if self._left < 0:
                return LARGEST_PART + 1, True
            if size <= LARGEST_PART:
                os.write(part, piece)
            elif archive:
                break
        return size, archive

    def _judged(self, part: int) -> Reason:
        return self._session.end(self._session.begin(part))
