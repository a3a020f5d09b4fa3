"""What scans came to, for technicians: media, verdicts and counts, and nobody's name."""

import json
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from lamplighter_collector.media.models import scan_receipts
from lamplighter_collector.media.permissions import named
from lamplighter_collector.media.values import ReceiptRecord

MOST_SHOWN: Final = 200


def newest(connection: Connection, organisation: str, *, most: int = MOST_SHOWN) -> list[ReceiptRecord]:
    """Return the newest receipts, the newest first."""
    query = (
        select(scan_receipts)
        .where(scan_receipts.c.organisation == organisation)
        .order_by(scan_receipts.c.received_at.desc(), scan_receipts.c.device, scan_receipts.c.id)
        .limit(most)
    )
    return [_record(row) for row in connection.execute(query).mappings()]


def _record(row: RowMapping) -> ReceiptRecord:
    return ReceiptRecord(
        device=row["device"],
        id=bytes(row["id"]),
        what=named(row),
        size_bytes=row["size_bytes"],
        tree_digest=row["tree_digest"],
        verdict=row["verdict"],
        reason=row["reason"],
        engine=row["engine"],
        signatures_at=row["signatures_at"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        files=row["files"],
        bytes=row["bytes"],
        infected=row["infected"],
        unscanned=row["unscanned"],
        kinds=json.loads(row["kinds"]),
        permission=row["permission"],
        access=row["access"],
        received_at=row["received_at"],
    )
