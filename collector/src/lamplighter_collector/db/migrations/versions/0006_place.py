"""Whether the device was at school."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # What was stored before says nothing of it: 0, as an older agent does.
    op.add_column("detections", sa.Column("place", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("detections", "place")
