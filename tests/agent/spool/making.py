"""Spools and detections for the tests of this folder."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lamplighter_agent.clock import Clock
from lamplighter_agent.spool.entry import SpoolSettings, StoredDetection
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool
from lamplighter_protos.v1.detection_pb2 import Detection, Evidence

from tests.support.clock import MORNING, SteppedClock

ORGANISATION = "Marrowby Vale School"
DEVICE = "laptop-017"
DEVICE_KEY = bytes(range(32))
SECRET_WORDS = "the copper heron sleeps"


def sealer(key: bytes = DEVICE_KEY, device: str = DEVICE) -> Sealer:
    return Sealer(device_key=key, device_id=device)


def settings(**changes: Any) -> SpoolSettings:
    return SpoolSettings(organisation=ORGANISATION, **{"reserve_bytes": 4096, **changes})


def opened(folder: Path, clock: Clock | None = None, *, key: bytes = DEVICE_KEY, **changes: Any) -> Spool:
    return Spool.open(folder, sealer=sealer(key), clock=clock or SteppedClock(), settings=settings(**changes))


def detection(
    term: str = "",
    *,
    user: str = "pupil07",
    severity: int = 3,
    observed_at: datetime = MORNING,
    evidence: str = SECRET_WORDS,
) -> StoredDetection:
    """A detection of a term nobody else uses, unless one is given."""
    record_id = secrets.token_bytes(16)
    term = term or f"term-{record_id.hex()}"
    message = Detection(
        id=record_id,
        organisation=ORGANISATION,
        user=user,
        term=term,
        severity=severity,
        evidence=Evidence(matched=evidence),
    )
    message.observed_at.FromDatetime(observed_at)
    return StoredDetection(
        id=record_id,
        user=user,
        term=term,
        severity=severity,
        observed_at=observed_at,
        payload=message.SerializeToString(),
    )


def appended(spool: Spool, count: int, **about: Any) -> list[bytes]:
    """Append `count` first matches; returns their ids."""
    ids = []
    for _ in range(count):
        record_id = spool.append(detection(**about))
        assert record_id is not None
        ids.append(record_id)
    return ids


def drained(spool: Spool, limit: int = 100) -> list[Detection]:
    """Lease and commit until nothing is left; returns what left, in order."""
    left: list[Detection] = []
    while records := (lease := spool.lease(limit)).records:
        left += [Detection.FromString(record.payload) for record in records]
        lease.commit([record.id for record in records])
    return left


def losses(detections: list[Detection]) -> dict[int, int]:
    """Count of each reason among `detections`."""
    counted: dict[int, int] = {}
    for one in detections:
        if one.HasField("loss"):
            counted[one.loss.reason] = counted.get(one.loss.reason, 0) + one.loss.count
    return counted


def stored_ids(detections: list[Detection]) -> list[bytes]:
    """Ids of first matches: neither losses nor repeats."""
    return [one.id for one in detections if not one.HasField("loss") and not one.repeats]


LATER = timedelta(minutes=11)


def killed(spool: Spool) -> None:
    """End a spool as kill -9 does: nothing is written, the file is let go."""
    spool._shelf._end_active()
