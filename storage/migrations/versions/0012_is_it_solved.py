"""What the villager said with the rating: is it solved?

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("solved", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "solved")
