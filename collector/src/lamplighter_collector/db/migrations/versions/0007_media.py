"""Permissions for portable media, loans, requests, scan receipts and the signed register."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _medium() -> list[sa.Column]:
    return [
        sa.Column(name, sa.Text(), nullable=False) for name in ("bus", "vendor", "product", "serial", "name")
    ]


def upgrade() -> None:
    # What a device said before says nothing of it: 0, as an older agent does.
    op.add_column("devices", sa.Column("media_register", sa.BigInteger(), nullable=False, server_default="0"))
    _permissions()
    _loans()
    _requests()
    _receipts()
    _registers()


def _permissions() -> None:
    op.create_table(
        "media_permissions",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        *_medium(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("user_group", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("needs_encryption", sa.BigInteger(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_media_permissions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_media_permissions_organisation_ends_at"), "media_permissions", ["organisation", "ends_at"]
    )


def _loans() -> None:
    op.create_table(
        "media_loans",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        *_medium(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("borrower", sa.LargeBinary(), nullable=False),
        sa.Column("encrypted", sa.BigInteger(), nullable=False),
        sa.Column("lent_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lent_by", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_media_loans")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_media_loans_organisation_due_at"), "media_loans", ["organisation", "due_at"])


def _requests() -> None:
    op.create_table(
        "media_requests",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_kind", sa.BigInteger(), nullable=False),
        *_medium(),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("read_write", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_media_requests")),
    )
    op.create_index(
        op.f("ix_media_requests_organisation_received_at"), "media_requests", ["organisation", "received_at"]
    )


def _receipts() -> None:
    op.create_table(
        "scan_receipts",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_kind", sa.BigInteger(), nullable=False),
        *_medium(),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("tree_digest", sa.Text(), nullable=False),
        sa.Column("verdict", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("signatures_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("infected", sa.BigInteger(), nullable=False),
        sa.Column("unscanned", sa.BigInteger(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("access", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "device", "id", name=op.f("pk_scan_receipts")),
    )
    op.create_index(
        op.f("ix_scan_receipts_organisation_received_at"), "scan_receipts", ["organisation", "received_at"]
    )


def _registers() -> None:
    op.create_table(
        "media_registers",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_media_registers")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("media_registers")
    op.drop_table("scan_receipts")
    op.drop_table("media_requests")
    op.drop_table("media_loans")
    op.drop_table("media_permissions")
    op.drop_column("devices", "media_register")
