"""The tables of what devices delivered."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

detections = Table(
    "detections",
    metadata,
    text("organisation", "From the certificate."),
    text("device", "From the certificate: one device can't pre-empt another's ids."),
    Column("id", LargeBinary(16), nullable=False, comment="Made once on the device."),
    text("subject", "subjects.id; empty for severity 1 and where nobody is named."),
    number("user_kind", "UserKind of detection.proto."),
    number("source", "Source of detection.proto."),
    text("application", "Where it was seen; empty for severity 1."),
    text("theme", "Slug of the theme."),
    text("term", "Id of the term, never its words; empty for severity 1."),
    text("list_version", "The keyword list that matched."),
    number("severity", "1 to 5."),
    text("lane", "How the words were recognised."),
    sealed("evidence", "The matched words and 40 characters either side.", subject="subject", nullable=True),
    text("addends", "The severity arithmetic: a line for each addend, as +4 and its reason."),
    moment("observed_at", "By the device's clock."),
    number("utc_offset_minutes", "East of UTC, on the device then."),
    number("weight", "How many observations this record stands for, repeats included."),
    number("typed_then_deleted", "1 when the words were deleted again."),
    moment("received_at", "By the collector's clock."),
    text("incident", "incidents.id that it is a sighting of; NULL for severity 1.", nullable=True),
    number("identity", "IdentityConfidence of detection.proto; 0 for severity 1 and where it was not told."),
    number("place", "Place of detection.proto; 0 for severity 1 and where it was not told."),
    PrimaryKeyConstraint("organisation", "device", "id"),
    # The sightings of an incident are found by its device and time: an index led by the incident would be
    # written all over, at twice the cost of ingest.
    Index(None, "organisation", "device", "observed_at"),
)

subjects = Table(
    "subjects",
    metadata,
    text("organisation", "From the certificate."),
    text("id", "Pseudonym of an account name: one name is one subject on every device."),
    number("user_kind", "UserKind of detection.proto; the highest that a device has told."),
    sealed("name", "The account name.", subject="id"),
    moment("first_seen_at", "When the collector stored the first detection of it."),
    PrimaryKeyConstraint("organisation", "id"),
    sqlite_with_rowid=False,
)

losses = Table(
    "losses",
    metadata,
    text("organisation", "From the certificate."),
    text("device", "From the certificate."),
    Column("id", LargeBinary(16), nullable=False, comment="Made once on the device."),
    number("reason", "LossNotice.Reason of detection.proto."),
    number("count", "How many were lost or could not be seen."),
    moment("first_at", "When the first was lost, by the device's clock."),
    moment("last_at", "When the last was lost, by the device's clock."),
    moment("received_at", "By the collector's clock."),
    PrimaryKeyConstraint("organisation", "device", "id"),
    Index(None, "organisation", "last_at"),
)

context_counts = Table(
    "context_counts",
    metadata,
    text("organisation", "From the certificate."),
    text("day", "Day on the device's wall, as 2026-11-21."),
    text("theme", "Slug of the theme."),
    number("count", "Observations of severity 1: counted, never listed."),
    PrimaryKeyConstraint("organisation", "day", "theme"),
    sqlite_with_rowid=False,
)
