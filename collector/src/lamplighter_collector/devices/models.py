"""The table of devices that have delivered."""

from sqlalchemy import PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, text

devices = Table(
    "devices",
    metadata,
    text("organisation", "Whose device it is, from its certificate."),
    text("device", "Its name, from its certificate."),
    moment("first_seen_at", "When it delivered first."),
    moment("last_seen_at", "When it delivered last."),
    PrimaryKeyConstraint("organisation", "device"),
    sqlite_with_rowid=False,
)
