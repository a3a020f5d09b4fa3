"""What the tests do to a spool in a process of its own: fill it until killed, or until the disk is full."""

import json
import os
import resource
import struct
import sys
from pathlib import Path

from lamplighter_agent.clock import SystemClock
from lamplighter_agent.errors import SpoolFull
from lamplighter_agent.spool.spool import Spool
from lamplighter_protos.v1.detection_pb2 import Detection

from tests.agent.spool.making import appended, detection, drained, losses, opened, stored_ids

# One line of the journal: verb, id, how many observations.
LINE = struct.Struct("<c16sI")
APPENDED, REPEATED, COMMITTING, COMMITTED = b"A", b"R", b"B", b"C"


def work_until_killed(folder: Path, journal: int) -> None:
    """Append first matches and repeats, commit some; tell each step only when it has returned."""
    clock = SystemClock()
    spool = opened(folder, clock, segment_bytes=8192)
    while True:
        for number in range(12):
            made = detection(
                "often" if number % 3 == 0 else "", severity=1 + number % 5, observed_at=clock.now()
            )
            stored = spool.append(made)
            tell(journal, APPENDED if stored else REPEATED, stored or bytes(16), 1)
        commit_some(spool, journal)


def commit_some(spool: Spool, journal: int) -> None:
    records = (lease := spool.lease(6)).records
    some = [Detection.FromString(record.payload) for record in records[:4]]
    for one in some:
        tell(journal, COMMITTING, one.id, weight(one))
    lease.commit([one.id for one in some])
    for one in some:
        tell(journal, COMMITTED, one.id, weight(one))
    lease.rollback()


def weight(one: Detection) -> int:
    return 0 if one.HasField("loss") else one.repeats or 1


def tell(journal: int, verb: bytes, record_id: bytes, count: int) -> None:
    os.write(journal, LINE.pack(verb, record_id, count))


def fill_a_small_disk(folder: Path) -> dict[str, object]:
    """Append until the disk is full, deliver, go on; says what happened."""
    spool = opened(folder, SystemClock(), segment_bytes=64 * 1024, reserve_bytes=64 * 1024)
    ids: list[bytes] = []
    refused = 0
    while not refused:
        refused += not tried(spool, ids)
    refused += sum(not tried(spool, ids) for _ in range(9))
    first = spool.lease(len(ids) // 2)
    first.commit([record.id for record in first.records])
    again = appended(spool, 50)
    left = [Detection.FromString(record.payload) for record in first.records] + drained(spool)
    return {
        "stored": len(ids),
        "refused": refused,
        "told": {str(reason): count for reason, count in losses(left).items()},
        "exact": sorted(stored_ids(left)) == sorted(ids + again),
    }


def meet_the_file_limit(folder: Path) -> dict[str, object]:
    """The same with a limit on the size of files, which needs no rights."""
    spool = opened(folder, SystemClock(), reserve_bytes=1024)
    ids: list[bytes] = []
    assert tried(spool, ids)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    refused = sum(not tried(spool, ids, evidence="x" * 4096) for _ in range(5))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    recovered = tried(spool, ids, evidence="x" * 4096)
    spool = opened(folder, SystemClock(), reserve_bytes=1024)
    left = drained(spool)
    return {
        "refused": refused,
        "recovered": recovered,
        "told": {str(reason): count for reason, count in losses(left).items()},
        "exact": sorted(stored_ids(left)) == sorted(ids),
    }


def tried(spool: Spool, ids: list[bytes], evidence: str = "the copper heron sleeps") -> bool:
    made = detection(observed_at=SystemClock().now(), evidence=evidence)
    try:
        spool.append(made)
    except SpoolFull:
        return False
    ids.append(made.id)
    return True


if __name__ == "__main__":
    verb, where = sys.argv[1], Path(sys.argv[2])
    if verb == "work":
        work_until_killed(where, int(sys.argv[3]))
    said = fill_a_small_disk(where) if verb == "fill" else meet_the_file_limit(where)
    sys.stdout.write(json.dumps(said))
