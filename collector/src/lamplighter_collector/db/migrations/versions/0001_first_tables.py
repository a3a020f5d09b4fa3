"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _audit()
    _context_counts()
    _detections()
    _devices()
    _incidents()
    _losses()
    _sightings()


def downgrade() -> None:
    for table in ("sightings", "losses", "incidents", "devices", "detections", "context_counts", "audit"):
        op.drop_table(table)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("organisation", sa.Text(), nullable=False, comment="Whose record was touched."),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="Counts up without gaps."),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="When. Milliseconds since 1970, UTC."),
        sa.Column("actor", sa.Text(), nullable=False, comment="Who."),
        sa.Column("verb", sa.Text(), nullable=False, comment="What was done, such as words-shown."),
        sa.Column("incident", sa.Text(), nullable=False, comment="incidents.id"),
        sa.PrimaryKeyConstraint("organisation", "number", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )


def _context_counts() -> None:
    op.create_table(
        "context_counts",
        sa.Column("organisation", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column("day", sa.Text(), nullable=False, comment="Day on the device's wall, as 2026-11-21."),
        sa.Column("theme", sa.Text(), nullable=False, comment="Slug of the theme."),
        sa.Column(
            "count",
            sa.BigInteger(),
            nullable=False,
            comment="Observations of severity 1: counted, never listed.",
        ),
        sa.PrimaryKeyConstraint("organisation", "day", "theme", name=op.f("pk_context_counts")),
        sqlite_with_rowid=False,
    )


def _detections() -> None:
    op.create_table(
        "detections",
        sa.Column("organisation", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column(
            "device",
            sa.Text(),
            nullable=False,
            comment="From the certificate: one device can't pre-empt another's ids.",
        ),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False, comment="Made once on the device."),
        sa.Column(
            "user", sa.Text(), nullable=False, comment="Account name on the device; empty for severity 1."
        ),
        sa.Column("user_kind", sa.BigInteger(), nullable=False, comment="UserKind of detection.proto."),
        sa.Column("source", sa.BigInteger(), nullable=False, comment="Source of detection.proto."),
        sa.Column(
            "application", sa.Text(), nullable=False, comment="Where it was seen; empty for severity 1."
        ),
        sa.Column("theme", sa.Text(), nullable=False, comment="Slug of the theme."),
        sa.Column(
            "term",
            sa.Text(),
            nullable=False,
            comment="Id of the term, never its words; empty for severity 1.",
        ),
        sa.Column("list_version", sa.Text(), nullable=False, comment="The keyword list that matched."),
        sa.Column("severity", sa.BigInteger(), nullable=False, comment="1 to 5."),
        sa.Column("lane", sa.Text(), nullable=False, comment="How the words were recognised."),
        sa.Column(
            "evidence_before",
            sa.Text(),
            nullable=False,
            comment="At most 40 characters before the matched words.",
        ),
        sa.Column("evidence_matched", sa.Text(), nullable=False, comment="The matched words."),
        sa.Column("evidence_after", sa.Text(), nullable=False, comment="At most 40 characters after them."),
        sa.Column(
            "addends",
            sa.Text(),
            nullable=False,
            comment="The severity arithmetic, as a JSON list of [reason, value].",
        ),
        sa.Column(
            "observed_at",
            sa.BigInteger(),
            nullable=False,
            comment="By the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "utc_offset_minutes", sa.BigInteger(), nullable=False, comment="East of UTC, on the device then."
        ),
        sa.Column(
            "weight",
            sa.BigInteger(),
            nullable=False,
            comment="How many observations this record stands for, repeats included.",
        ),
        sa.Column(
            "typed_then_deleted",
            sa.BigInteger(),
            nullable=False,
            comment="1 when the words were deleted again.",
        ),
        sa.Column(
            "received_at",
            sa.BigInteger(),
            nullable=False,
            comment="By the collector's clock. Milliseconds since 1970, UTC.",
        ),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_detections")),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column(
            "organisation", sa.Text(), nullable=False, comment="Whose device it is, from its certificate."
        ),
        sa.Column("device", sa.Text(), nullable=False, comment="Its name, from its certificate."),
        sa.Column(
            "first_seen_at",
            sa.BigInteger(),
            nullable=False,
            comment="When it delivered first. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "last_seen_at",
            sa.BigInteger(),
            nullable=False,
            comment="When it delivered last. Milliseconds since 1970, UTC.",
        ),
        sa.PrimaryKeyConstraint("organisation", "device", name=op.f("pk_devices")),
        sqlite_with_rowid=False,
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("organisation", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column(
            "id",
            sa.Text(),
            nullable=False,
            comment="Derived from the fingerprint, so that every order of arrival gives the same.",
        ),
        sa.Column(
            "fingerprint_version",
            sa.Text(),
            nullable=False,
            comment="The dated version of the grouping rule.",
        ),
        sa.Column("audience", sa.Text(), nullable=False, comment="Who may read it: dsl, head or chair."),
        sa.Column("state", sa.Text(), nullable=False, comment="new until somebody decides."),
        sa.Column("device", sa.Text(), nullable=False, comment="Where it was seen."),
        sa.Column("user", sa.Text(), nullable=False, comment="Account name on the device."),
        sa.Column("user_kind", sa.BigInteger(), nullable=False, comment="UserKind of detection.proto."),
        sa.Column("theme", sa.Text(), nullable=False, comment="Slug of the theme."),
        sa.Column(
            "severity", sa.BigInteger(), nullable=False, comment="The highest of its sightings, 2 to 5."
        ),
        sa.Column("sightings", sa.BigInteger(), nullable=False, comment="Stored detections."),
        sa.Column("count", sa.BigInteger(), nullable=False, comment="Observations, repeats included."),
        sa.Column(
            "first_at",
            sa.BigInteger(),
            nullable=False,
            comment="First observation, by the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "last_at",
            sa.BigInteger(),
            nullable=False,
            comment="Last observation, by the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "opened_at",
            sa.BigInteger(),
            nullable=False,
            comment="When the collector stored its first sighting. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "revision",
            sa.BigInteger(),
            nullable=False,
            comment="The commit that changed it last: open pages ask for what is newer.",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_incidents")),
    )
    op.create_index(
        op.f("ix_incidents_organisation_audience_severity_last_at"),
        "incidents",
        ["organisation", "audience", "severity", "last_at"],
        unique=False,
    )
    op.create_index(op.f("ix_incidents_revision"), "incidents", ["revision"], unique=False)


def _losses() -> None:
    op.create_table(
        "losses",
        sa.Column("organisation", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column("device", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False, comment="Made once on the device."),
        sa.Column("reason", sa.BigInteger(), nullable=False, comment="LossNotice.Reason of detection.proto."),
        sa.Column(
            "count", sa.BigInteger(), nullable=False, comment="How many were lost or could not be seen."
        ),
        sa.Column(
            "first_at",
            sa.BigInteger(),
            nullable=False,
            comment="When the first was lost, by the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "last_at",
            sa.BigInteger(),
            nullable=False,
            comment="When the last was lost, by the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column(
            "received_at",
            sa.BigInteger(),
            nullable=False,
            comment="By the collector's clock. Milliseconds since 1970, UTC.",
        ),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_losses")),
    )
    op.create_index(
        op.f("ix_losses_organisation_last_at"), "losses", ["organisation", "last_at"], unique=False
    )


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("organisation", sa.Text(), nullable=False, comment="From the certificate."),
        sa.Column("incident", sa.Text(), nullable=False, comment="incidents.id"),
        sa.Column(
            "observed_at",
            sa.BigInteger(),
            nullable=False,
            comment="By the device's clock. Milliseconds since 1970, UTC.",
        ),
        sa.Column("device", sa.Text(), nullable=False, comment="detections.device"),
        sa.Column("detection", sa.LargeBinary(length=16), nullable=False, comment="detections.id"),
        sa.PrimaryKeyConstraint(
            "organisation", "incident", "observed_at", "device", "detection", name=op.f("pk_sightings")
        ),
        sqlite_with_rowid=False,
    )
