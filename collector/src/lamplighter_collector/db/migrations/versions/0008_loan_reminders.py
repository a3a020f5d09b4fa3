"""Which reminder of a loan was given last."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # None was given before.
    op.add_column("media_loans", sa.Column("reminded", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("media_loans", "reminded")
