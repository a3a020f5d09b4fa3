"""Which machine a device is, and when a copy of its disk was heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # Nobody told before: no mark, which is no machine's.
    op.add_column("devices", sa.Column("copied_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("devices", sa.Column("machine", sa.LargeBinary(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("devices", "machine")
    op.drop_column("devices", "copied_at")
