"""Counted losses on their way to the collector. Pure.

Losses of one reason are added up in one row until it is leased; then the row is closed, since its count may
have been sent, and the next loss of that reason begins another. A notice is a Detection of source LOSS and
severity 0.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from lamplighter_protos.v1.detection_pb2 import Detection, LossNotice, Source

from lamplighter_agent.spool.entry import ID_BYTES, from_seconds, whole_seconds
from lamplighter_agent.spool.ledger import LossRow

Reason = LossNotice.Reason


class Losses:
    """The loss rows of the ledger and which of them are leased."""

    def __init__(self, rows: tuple[LossRow, ...] = ()) -> None:
        self._rows = list(rows)
        self._held: set[bytes] = set()

    @property
    def rows(self) -> tuple[LossRow, ...]:
        return tuple(self._rows)

    def count(self, reason: "Reason.ValueType", count: int, first: datetime, last: datetime) -> None:
        """Add a loss."""
        began, ended = whole_seconds(first), whole_seconds(last)
        for row in self._rows:
            if row.reason == reason and not row.closed:
                row.count += count
                row.first_seconds = min(row.first_seconds, began)
                row.last_seconds = max(row.last_seconds, ended)
                return
        self._rows.append(
            LossRow(
                id=secrets.token_bytes(ID_BYTES),
                reason=reason,
                count=count,
                first_seconds=began,
                last_seconds=ended,
            )
        )

    def pending(self) -> Iterator[LossRow]:
        return (row for row in list(self._rows) if row.id not in self._held)

    def hold(self, row: LossRow) -> bool:
        """Lease a row; tells whether it was closed by this, which must be saved before it is sent."""
        newly = not row.closed
        row.closed = True
        self._held.add(row.id)
        return newly

    def release(self, row: LossRow) -> None:
        self._held.discard(row.id)

    def settle(self, row: LossRow) -> None:
        self._held.discard(row.id)
        self._rows = [other for other in self._rows if other.id != row.id]


def notice(row: LossRow, organisation: str) -> bytes:
    """Return the serialised Detection that tells of a loss."""
    detection = Detection(id=row.id, organisation=organisation, source=Source.SOURCE_LOSS, severity=0)
    detection.loss.reason = cast("Reason.ValueType", row.reason)
    detection.loss.count = row.count
    detection.loss.first.FromDatetime(from_seconds(row.first_seconds))
    detection.loss.last.FromDatetime(from_seconds(row.last_seconds))
    detection.observed_at.CopyFrom(detection.loss.last)
    return detection.SerializeToString()
