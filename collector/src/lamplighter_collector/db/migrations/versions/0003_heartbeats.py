"""What each device said of itself last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("agent_version", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("list_version", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("capabilities", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("spool_records", sa.BigInteger(), nullable=False),
        sa.Column("spool_bytes", sa.BigInteger(), nullable=False),
        sa.Column("battery_percent", sa.BigInteger(), nullable=False),
        sa.Column("on_battery", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("sensing", sa.BigInteger(), nullable=False),
        sa.Column("resting", sa.BigInteger(), nullable=False),
        sa.Column("helper_restarts", sa.BigInteger(), nullable=False),
        sa.Column("suspended_seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "device", name=op.f("pk_heartbeats")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
