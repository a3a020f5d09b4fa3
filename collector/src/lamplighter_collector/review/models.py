"""The tables of the review queue."""

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, text

incidents = Table(
    "incidents",
    metadata,
    text("organisation", "From the certificate."),
    text("id", "Derived from the fingerprint, so that every order of arrival gives the same."),
    text("fingerprint_version", "The dated version of the grouping rule."),
    text("audience", "Who may read it: dsl, head or chair."),
    text("state", "new until somebody decides."),
    text("device", "Where it was seen."),
    text("user", "Account name on the device."),
    number("user_kind", "UserKind of detection.proto."),
    text("theme", "Slug of the theme."),
    number("severity", "The highest of its sightings, 2 to 5."),
    number("sightings", "Stored detections."),
    number("count", "Observations, repeats included."),
    moment("first_at", "First observation, by the device's clock."),
    moment("last_at", "Last observation, by the device's clock."),
    moment("opened_at", "When the collector stored its first sighting."),
    number("revision", "The commit that changed it last: open pages ask for what is newer."),
    PrimaryKeyConstraint("organisation", "id"),
    # Without last_at: every further sighting would move the entry.
    Index(None, "organisation", "audience", "state", "severity"),
    Index(None, "revision"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    text("organisation", "Whose record was touched."),
    number("number", "Counts up without gaps."),
    moment("at", "When."),
    text("actor", "Who."),
    text("verb", "What was done, such as words-shown."),
    text("incident", "incidents.id"),
    PrimaryKeyConstraint("organisation", "number"),
    sqlite_with_rowid=False,
)
