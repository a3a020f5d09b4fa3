"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _audit()
    _bundles()
    _changes()
    _context_counts()
    _decisions()
    _detections()
    _devices()
    _ended_identities()
    _enrolment_tokens()
    _incidents()
    _losses()
    _subjects()
    _people()
    _revisions()


def downgrade() -> None:
    for table in (
        "revisions",
        "subjects",
        "losses",
        "incidents",
        "devices",
        "detections",
        "departures",
        "decisions",
        "context_counts",
    ):
        op.drop_table(table)
    for table in (
        "enrolment_tokens",
        "ended_identities",
        "changes",
        "bundles",
        "root_documents",
        "audit_heads",
        "audit",
        "sign_in_attempts",
        "web_sessions",
        "account_links",
        "account_roles",
        "accounts",
    ):
        op.drop_table(table)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "number", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_heads",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_audit_heads")),
        sqlite_with_rowid=False,
    )


def _context_counts() -> None:
    op.create_table(
        "context_counts",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "day", "theme", name=op.f("pk_context_counts")),
        sqlite_with_rowid=False,
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("from_audience", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "incident", "number", name=op.f("pk_decisions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_decisions_organisation_nonce"), "decisions", ["organisation", "nonce"], unique=True
    )
    op.create_table(
        "departures",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "incident", "audience", name=op.f("pk_departures")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_departures_organisation_audience_revision"),
        "departures",
        ["organisation", "audience", "revision"],
    )


def _detections() -> None:
    op.create_table(
        "detections",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_kind", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("list_version", sa.Text(), nullable=False),
        sa.Column("severity", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("addends", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("utc_offset_minutes", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("typed_then_deleted", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_detections")),
    )
    op.create_index(
        op.f("ix_detections_organisation_device_observed_at"),
        "detections",
        ["organisation", "device", "observed_at"],
        unique=False,
    )


def _bundles() -> None:
    op.create_table(
        "bundles",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("keywords", sa.LargeBinary(), nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=False),
        sa.Column("licensed", sa.LargeBinary(), nullable=True),
        sa.Column("licensed_key", sa.LargeBinary(), nullable=True),
        sa.Column("overrides", sa.LargeBinary(), nullable=True),
        sa.Column("licensed_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "version", name=op.f("pk_bundles")),
    )
    op.create_table(
        "root_documents",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "version", name=op.f("pk_root_documents")),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "kind", name=op.f("pk_changes")),
        sqlite_with_rowid=False,
    )


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("device_group", sa.Text(), nullable=False),
        sa.Column("attester", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("serial_before", sa.Text(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("bundle_version", sa.BigInteger(), nullable=False),
        sa.Column("bundle_root", sa.BigInteger(), nullable=False),
        sa.Column("bundle_state", sa.Text(), nullable=False),
        sa.Column("bundle_problem", sa.Text(), nullable=False),
        sa.Column("bundle_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "device", name=op.f("pk_devices")),
        sqlite_with_rowid=False,
    )


def _ended_identities() -> None:
    op.create_table(
        "ended_identities",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "identity", name=op.f("pk_ended_identities")),
        sqlite_with_rowid=False,
    )


def _enrolment_tokens() -> None:
    op.create_table(
        "enrolment_tokens",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asset_tags", sa.Text(), nullable=False),
        sa.Column("device_group", sa.Text(), nullable=False),
        sa.Column("attester", sa.LargeBinary(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("uses_left", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_enrolment_tokens")),
        sqlite_with_rowid=False,
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fingerprint_version", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_kind", sa.BigInteger(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("severity", sa.BigInteger(), nullable=False),
        sa.Column("sightings", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("watch_until", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_incidents")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_incidents_organisation_audience_state_severity"),
        "incidents",
        ["organisation", "audience", "state", "severity"],
        unique=False,
    )
    op.create_index(
        op.f("ix_incidents_organisation_revision"), "incidents", ["organisation", "revision"], unique=False
    )


def _subjects() -> None:
    op.create_table(
        "subjects",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_kind", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_subjects")),
        sqlite_with_rowid=False,
    )


def _losses() -> None:
    op.create_table(
        "losses",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("reason", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_losses")),
    )
    op.create_index(
        op.f("ix_losses_organisation_last_at"), "losses", ["organisation", "last_at"], unique=False
    )


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_accounts")),
    )
    op.create_index(
        op.f("ix_accounts_organisation_login"), "accounts", ["organisation", "login"], unique=True
    )
    op.create_table(
        "account_roles",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "account", "role", name=op.f("pk_account_roles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account_links",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "account", "subject", name=op.f("pk_account_links")),
        sqlite_with_rowid=False,
    )
    _signing_in()


def _signing_in() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_web_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_web_sessions_organisation_account"),
        "web_sessions",
        ["organisation", "account"],
        unique=False,
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", "window", name=op.f("pk_sign_in_attempts")),
        sqlite_with_rowid=False,
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_revisions")),
        sqlite_with_rowid=False,
    )
