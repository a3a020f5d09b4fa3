"""What is kept of portable media, and how long: after that it is deleted by the collector itself.

A school year and its summer: receipts and requests from when they came, permissions and loans from when they
were over. The record of who gave, took back and answered what stays, as the audit trail does. Blocking; in
the caller's transaction.
"""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, delete, func

from lamplighter_collector.audit.services import COLLECTOR, AuditEntry, append
from lamplighter_collector.media.models import media_loans, media_permissions, media_requests, scan_receipts
from lamplighter_collector.media.values import DAY_MS

DELETED: Final = "media-deleted"
KEPT_DAYS: Final = 400


def delete_old(connection: Connection, organisation: str, *, now: int) -> int:
    """Delete what is older than `KEPT_DAYS`, with one row of the record; answers how many rows went."""
    # Whole days: it is looked each hour, and one row of the record a day is enough.
    before = now // DAY_MS * DAY_MS - KEPT_DAYS * DAY_MS
    gone = {
        table.name: connection.execute(
            delete(table).where(table.c.organisation == organisation, old)
        ).rowcount
        for table, old in _old(before)
    }
    told = ", ".join(f"{name} {many}" for name, many in gone.items() if many)
    if told:
        entry = AuditEntry(organisation=organisation, actor=COLLECTOR, verb=DELETED, object=told)
        append(connection, entry)
    return sum(gone.values())


def _old(before: int) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    over = func.coalesce(media_permissions.c.revoked_at, media_permissions.c.ends_at)
    return (
        (scan_receipts, scan_receipts.c.received_at < before),
        (media_requests, media_requests.c.received_at < before),
        (media_permissions, over < before),
        (media_loans, media_loans.c.returned_at < before),
    )
