"""Of how large a medium a permission is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Nobody told before: 0, which fits every medium.
    op.add_column(
        "media_permissions", sa.Column("size_bytes", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("media_permissions", "size_bytes")
