"""Reads a spool folder back after anything: a clean stop, a kill, a cut, damage, a deleted or swapped file.

The ledger says which records must be there; the files say which are. What is owed and can't be read is
counted. Nothing found here is an error: a damaged spool must never stop the service. What can't be decided
is resolved towards sending again (the collector takes duplicates) and towards counting a loss.

Not known, hence not counted: records added after the last save of the ledger that were cut off exactly at a
record's boundary.
"""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter_agent.errors import RecordDamaged
from lamplighter_agent.spool import entry as entries
from lamplighter_agent.spool import record
from lamplighter_agent.spool.entry import Entry, Kind
from lamplighter_agent.spool.ledger import Ledger, Row
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.segment import HEADER_BYTES, SUFFIX, Header, Segment
from lamplighter_agent.spool.users import Users

_SETTLED = ord("1")
# More records than a segment can hold: a sequence number beyond is nonsense.
_PLAUSIBLE = 100_000


@dataclass(slots=True, kw_only=True)
class Found:
    """What a folder holds. `unreadable` are files to set aside; `lost` is a count of records."""

    segments: list[Segment] = field(default_factory=list)
    tallies: list[tuple[Segment, int, Entry]] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)
    lost: int = 0
    next_seq: int = 1
    next_segment: int = 1


@dataclass(slots=True, kw_only=True)
class _File:
    path: Path
    size: int
    header: Header | None
    frames: list[record.Frame]
    damages: list[record.Damage]


def recover(folder: Path, sealer: Sealer, ledger: Ledger | None, users: Users) -> Found:
    """Read every segment in `folder`; `ledger` is None if it is lost or there never was one."""
    for aside in folder.glob(".*.new"):
        aside.unlink(missing_ok=True)
    files = [_read(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    found = Found()
    owing = {row.segment_id: row for row in ledger.rows} if ledger else {}
    if ledger:
        found.next_seq, found.next_segment = ledger.next_seq, ledger.next_segment
    elif files:
        # Whatever losses the ledger had counted went with it.
        found.lost += 1
    dead: list[_File] = []
    for file in files:
        segment = _open_segment(file, sealer, owing, found)
        if segment is None or any(segment.id == other.id for other in found.segments):
            dead.append(file)
        else:
            _take_records(file, segment, owing.pop(segment.id, None), found=found, users=users)
    for file in dead:
        found.unreadable.append(file.path)
        found.lost += _lost_with(file, owing, ledger_known=ledger is not None)
    for row in owing.values():
        found.lost += max(row.owed, 1) if row.active else row.owed
    found.segments.sort(key=lambda segment: segment.id)
    found.next_segment = max([found.next_segment, *(s.id + 1 for s in found.segments), *_named(files)])
    found.next_seq = max([found.next_seq, *(s.end for s in found.segments)])
    return found


def _read(path: Path) -> _File:
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    pieces = list(record.scan(data, HEADER_BYTES))
    return _File(
        path=path,
        size=len(data),
        header=Header.decode(data),
        frames=[piece for piece in pieces if isinstance(piece, record.Frame)],
        damages=[piece for piece in pieces if isinstance(piece, record.Damage)],
    )


def _named(files: list[_File]) -> list[int]:
    """Return ids above the files' names, so that a new segment never meets an old file."""
    ids = []
    for file in files:
        with contextlib.suppress(ValueError):
            ids.append(min(int(file.path.stem, 16), 2**63) + 1)
    return ids


def _open_segment(file: _File, sealer: Sealer, owing: dict[int, Row], found: Found) -> Segment | None:
    if file.header is None:
        return None
    segment_id = file.header.segment_id
    try:
        seal = sealer.known_segment(file.header.seal, segment_id)
    except RecordDamaged:
        return None
    row = owing.get(segment_id)
    base = row.base if row else min((frame.seq for frame in file.frames), default=found.next_seq)
    segment = Segment(file.path, segment_id, seal, base)
    segment.size = max(file.size, HEADER_BYTES)
    return segment


def _take_records(file: _File, segment: Segment, row: Row | None, *, found: Found, users: Users) -> None:
    done = row.done if row else b""
    unopened = [segment.base]
    for frame in file.frames:
        index = frame.seq - segment.base
        # A sequence number is believed only once the seal has opened with it.
        if frame.seq < segment.end or (index < len(done) and done[index] == _SETTLED):
            continue
        try:
            entry = entries.decode(segment.open_sealed(frame))
        except RecordDamaged:
            if index < _PLAUSIBLE:
                unopened.append(frame.seq + 1)
            continue
        segment.add_row(frame, entry, users.index(entry.user))
        users.add(users.index(entry.user), frame.size)
        if entry.kind is Kind.TALLY:
            found.tallies.append((segment, frame.seq, entry))
    if row:
        found.lost += _missing(segment, row, file.damages, max(unopened))
    else:
        found.lost += len(file.damages) + len(unopened) - 1
    segment.settle_up_to(max([*unopened, row.end if row else 0]))
    if file.damages and file.damages[-1].tail:
        _truncate(segment, file.damages[-1].offset)
    found.segments.append(segment)


def _missing(segment: Segment, row: Row, damages: list[record.Damage], unopened_to: int) -> int:
    """Count what the ledger, or a gap between two records, says should be here."""
    end = max(segment.end, row.end, unopened_to)
    missing = 0
    for index in range(end - segment.base):
        settled = index < len(row.done) and row.done[index] == _SETTLED
        if not settled and not segment.is_live(segment.base + index):
            missing += 1
    torn = bool(damages) and damages[-1].tail and row.active
    return missing + (1 if torn and segment.end >= row.end else 0)


def _truncate(segment: Segment, size: int) -> None:
    with contextlib.suppress(OSError):
        os.truncate(segment.path, size)
        segment.size = size


def _lost_with(file: _File, owing: dict[int, Row], *, ledger_known: bool) -> int:
    """Count the records in a file that can't be opened: their numbers are in clear."""
    if not ledger_known:
        return max(len(file.frames), 1)
    try:
        row = owing.pop(int(file.path.stem, 16))
    except (KeyError, ValueError):
        return 0
    beyond = sum(1 for frame in file.frames if frame.seq >= row.end)
    return max(row.owed + beyond, 1) if row.active else row.owed
