"""The tables of the review queue."""

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

incidents = Table(
    "incidents",
    metadata,
    text("organisation", "From the certificate."),
    text("id", "Derived from the fingerprint, so that every order of arrival gives the same."),
    text("fingerprint_version", "The dated version of the grouping rule."),
    text("audience", "Who may read it: dsl, head or chair."),
    text("state", "states.State; what it means at a moment says states.reads_as."),
    text("device", "Where it was seen."),
    text("subject", "subjects.id; empty where nobody is named."),
    number("user_kind", "UserKind of detection.proto."),
    text("theme", "Slug of the theme."),
    number("severity", "The highest of its sightings, 2 to 5."),
    number("sightings", "Stored detections."),
    number("count", "Observations, repeats included."),
    moment("first_at", "First observation, by the device's clock."),
    moment("last_at", "Last observation, by the device's clock."),
    moment("opened_at", "When the collector stored its first sighting."),
    number("revision", "The commit that changed it last: open pages ask for what is newer."),
    number("version", "How often it was decided, reopened or undone: who decides names the one they read."),
    text("claimed_by", "accounts.id of who is looking; NULL for nobody.", nullable=True),
    moment("claimed_at", "When the claim began.", nullable=True),
    moment("watch_until", "When a watched incident reads as new again.", nullable=True),
    text("outcome", "What was decided, while it holds.", nullable=True),
    text("decided_by", "accounts.id of who decided, while it holds.", nullable=True),
    moment("decided_at", "When that was.", nullable=True),
    PrimaryKeyConstraint("organisation", "id"),
    # Without last_at: every further sighting would move the entry.
    Index(None, "organisation", "audience", "state", "severity"),
    Index(None, "organisation", "revision"),
    sqlite_with_rowid=False,
)

decisions = Table(
    "decisions",
    metadata,
    text("organisation", "Whose incident it is."),
    text("incident", "incidents.id"),
    number("number", "The incident's version that it made."),
    text("subject", "incidents.subject, whose key seals the note."),
    text("nonce", "The form's own number: sent twice, it is stored once."),
    moment("at", "When."),
    text("by", "accounts.id"),
    text("verb", "decide, undo or reopen."),
    text("from_state", "states.State before."),
    text("to_state", "states.State after."),
    text("from_audience", "Who could read it before."),
    text("outcome", "outcomes.Outcome; empty when it was not a decision."),
    text("reason", "A fixed code of the outcome; empty where it has none."),
    sealed("note", "What was written, as JSON by field.", subject="subject", nullable=True),
    PrimaryKeyConstraint("organisation", "incident", "number"),
    Index(None, "organisation", "nonce", unique=True),
    sqlite_with_rowid=False,
)

departures = Table(
    "departures",
    metadata,
    text("organisation", "Whose incident it is."),
    text("incident", "incidents.id"),
    text("audience", "Whom it left: dsl, head or chair."),
    number("revision", "The commit with which it left them last: their open pages let go of it then."),
    PrimaryKeyConstraint("organisation", "incident", "audience"),
    Index(None, "organisation", "audience", "revision"),
    sqlite_with_rowid=False,
)
"""Not the incident's own revision: what happens to it elsewhere is not for whom it left."""
