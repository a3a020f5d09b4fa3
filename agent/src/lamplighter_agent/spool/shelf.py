"""The segments on disk, their ledger, and the order in which both are written: the Spool decides.

Order that makes it exact: a record is durable before it has a row; settled rows and the losses they became
are saved in the ledger together; only then are files cut back, rewritten or unlinked. Not thread safe.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import structlog

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import SpoolError, SpoolFull
from lamplighter_agent.spool.entry import Entry, SpoolSettings, whole_seconds
from lamplighter_agent.spool.ledger import Ledger, LedgerFiles, Row
from lamplighter_agent.spool.losses import Losses
from lamplighter_agent.spool.recovery import Found, recover
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.segment import Segment, State
from lamplighter_agent.spool.users import Users

_log = structlog.get_logger(__name__)


class Shelf:
    """All segments of one folder, oldest first; records are added to the last one."""

    def __init__(self, folder: Path, *, sealer: Sealer, clock: Clock, settings: SpoolSettings) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SpoolError(f"spool folder: {error.strerror}") from error
        self.users = Users()
        self._folder = folder
        self._sealer = sealer
        self._clock = clock
        self._settings = settings
        self._files = LedgerFiles(folder, settings.reserve_bytes)
        ledger = self._files.load()
        self.losses = Losses(ledger.losses if ledger else ())
        self.found: Found = recover(folder, sealer, ledger, self.users)
        self.segments = self.found.segments
        self._active: Segment | None = None
        self._next_seq = self.found.next_seq
        self._next_segment = self.found.next_segment

    @property
    def size(self) -> int:
        """Return the bytes of all segments on disk."""
        return sum(segment.size for segment in self.segments)

    def put(self, entry: Entry) -> tuple[Segment, int]:
        """Write one record durably; raises SpoolFull, or SpoolError where the disk fails otherwise."""
        try:
            segment = self._segment_for_more()
            seq = self._next_seq
            # Given away even if the write fails: a nonce is never used twice.
            self._next_seq += 1
            user = self.users.index(entry.user)
            segment.append(seq, entry, user)
        except OSError as error:
            self._end_active()
            raise SpoolFull(f"no record can be written: {error.strerror}") from error
        self.users.add(user, segment.sizes[seq - segment.base])
        return segment, seq

    def finish(self, segment: Segment, seq: int) -> None:
        """Settle a record in memory; `save` makes it durable."""
        if segment.is_live(seq):
            row = seq - segment.base
            self.users.add(segment.users[row], -segment.sizes[row])
            segment.set_state(seq, State.DONE)

    def save(self) -> None:
        """Make settled records and losses durable, then free what nothing is owed of."""
        saved = self._save_ledger()
        empty = [segment for segment in self.segments if not segment.live and segment is not self._active]
        for segment in empty:
            self.segments.remove(segment)
            with contextlib.suppress(OSError):
                segment.unlink()
        if not saved and empty:
            # The disk was full; now there is room. A crash between the two would count a loss that was none.
            self._save_ledger()
        active = self._active
        if saved and active is not None and not active.live and active.end > active.base:
            with contextlib.suppress(OSError):
                active.cut_back(self._next_seq)

    def compact_one(self) -> bool:
        """Free the dead bytes of one segment; tells whether there was any worth it."""
        least = self._settings.segment_bytes // 8
        candidate = max(self.segments, key=lambda segment: segment.dead_bytes, default=None)
        if candidate is None or candidate.dead_bytes < least:
            return False
        if candidate is self._active:
            self._end_active()
            self._save_ledger()
        try:
            damaged = candidate.rewrite(self._sealer, whole_seconds(self._clock.now()))
        except OSError as error:
            _log.warning("segment_not_rewritten", segment=candidate.id, problem=error.strerror)
            return False
        if damaged:
            self.found.lost += len(damaged)
        return True

    def live(self, state: State, *, newest_first: bool = False) -> Iterator[tuple[Segment, int]]:
        """Return the records in `state`, which may change while they are looked at."""
        segments = list(reversed(self.segments)) if newest_first else list(self.segments)
        for segment in segments:
            if segment.live:
                yield from ((segment, seq) for seq in segment.seqs_in(state, newest_first=newest_first))

    def close(self) -> None:
        """End the last segment, so that its count is final, and save."""
        self._end_active()
        self.save()

    def _segment_for_more(self) -> Segment:
        active = self._active
        if active is not None and active.size < self._settings.segment_bytes:
            return active
        self._end_active()
        created = Segment.create(
            self._folder,
            self._next_segment,
            sealer=self._sealer,
            base=self._next_seq,
            created_seconds=whole_seconds(self._clock.now()),
        )
        self._next_segment += 1
        self._active = created
        self.segments.append(created)
        self._save_ledger()
        return created

    def _end_active(self) -> None:
        if self._active is not None:
            self._active.close()
            self._active = None

    def _save_ledger(self) -> bool:
        rows = tuple(
            Row(segment_id=s.id, base=s.base, done=s.done_bits, active=s is self._active)
            for s in self.segments
        )
        ledger = Ledger(
            next_seq=self._next_seq,
            next_segment=self._next_segment,
            rows=rows,
            losses=self.losses.rows,
        )
        try:
            self._files.save(ledger)
        except OSError as error:
            # Memory still knows; the next save tries again. Until then a crash means sending again.
            _log.warning("ledger_not_saved", problem=error.strerror)
            return False
        return True


class Refused:
    """Set aside, bounded by number: what the collector refused, sealed, and files that can't be read."""

    def __init__(self, folder: Path, *, sealer: Sealer, most: int) -> None:
        self._folder = folder
        self._sealer = sealer
        self._most = most

    def keep(self, entry: Entry) -> None:
        """Seal a copy of a refused record. Best effort: the refusal is counted elsewhere."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            number = int.from_bytes(entry.id[:7], "big")
            segment = Segment.create(
                self._folder, number, sealer=self._sealer, base=1, created_seconds=entry.observed_seconds
            )
            try:
                segment.append(1, entry, 0)
            finally:
                segment.close()
            self._trim()
        except OSError as error:
            _log.warning("refused_record_not_kept", problem=error.strerror)

    def set_aside(self, path: Path) -> None:
        """Move a file that can't be read out of the way."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path.replace(self._folder / f"{path.name}.unreadable")
            disk.sync_folder(self._folder)
            self._trim()
        except OSError as error:
            _log.warning("unreadable_segment_not_moved", problem=error.strerror)

    def count(self) -> int:
        return len(list(self._folder.glob("*"))) if self._folder.is_dir() else 0

    def _trim(self) -> None:
        kept = sorted(self._folder.glob("*"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[: -self._most]:
            path.unlink(missing_ok=True)
