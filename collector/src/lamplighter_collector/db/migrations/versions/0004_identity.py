"""How sure it is who sat at the device."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # What was stored before says nothing of it: 0, as an older agent does.
    column = sa.Column("identity", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("detections", column)


def downgrade() -> None:
    op.drop_column("detections", "identity")
