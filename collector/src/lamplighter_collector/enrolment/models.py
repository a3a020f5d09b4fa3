"""The table of enrolment tokens."""

from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

enrolment_tokens = Table(
    "enrolment_tokens",
    metadata,
    text("organisation", "Who issued it."),
    text("id", "The part of the token before the dot."),
    Column("secret_hash", LargeBinary(32), nullable=False, comment="SHA-256 of the part after the dot."),
    text("asset_tags", "Rule that an asset tag must fit: * and ? stand for what may differ."),
    text("device_group", "Whose devices it is for: pupils or staff."),
    sealed("attester", "Who attests ownership.", subject=""),
    number("replaces", "1: also for asset tags that are enrolled; 0: for new ones only."),
    number("uses", "How many devices it was issued for."),
    number("uses_left", "How many may still use it."),
    moment("created_at", "When it was issued."),
    moment("expires_at", "When it ends by itself."),
    moment("withdrawn_at", "When it was withdrawn; 0 for not."),
    PrimaryKeyConstraint("organisation", "id"),
    sqlite_with_rowid=False,
)
