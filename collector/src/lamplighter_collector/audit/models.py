"""The tables of the audit trail."""

from sqlalchemy import PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

audit = Table(
    "audit",
    metadata,
    text("organisation", "Whose record was touched."),
    number("number", "Counts up from 1 without gaps."),
    moment("at", "When."),
    text("actor", "accounts.id, console for the command line, or collector."),
    text("role", "In which role; for console, under which account of the machine; else empty."),
    text("verb", "What was done, such as words-shown."),
    text("object", "What it was done to, such as incidents.id."),
    sealed("why", "The reason that was given, if any.", subject="", nullable=True),
    text("previous", "hash of the row before; empty for the first."),
    text("hash", "HMAC-SHA256 over all of the above, by a key of the key ring."),
    PrimaryKeyConstraint("organisation", "number"),
    sqlite_with_rowid=False,
)

audit_heads = Table(
    "audit_heads",
    metadata,
    text("organisation", "Whose chain."),
    number("number", "audit.number of its last row; 0 before the first."),
    text("hash", "audit.hash of its last row; empty before the first."),
    PrimaryKeyConstraint("organisation"),
    sqlite_with_rowid=False,
)
"""So that rows taken off the end are missed. Also the lock under which rows are appended."""
