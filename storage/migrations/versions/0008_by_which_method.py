"""What a work method asks of a case: its list, how many it touches, what is on record, 公示.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXTS = ("track", "extent", "facts")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("cases", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("published_at", Moment(), nullable=True))


def downgrade() -> None:
    for name in ("published_at", *reversed(TEXTS)):
        op.drop_column("cases", name)
