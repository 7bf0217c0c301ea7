"""What is settled and not yet public is found by an index of its own.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TO_PUBLISH = sa.text("state = 'settled' AND published_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_cases_to_publish",
        "cases",
        ["number"],
        sqlite_where=TO_PUBLISH,
        postgresql_where=TO_PUBLISH,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_to_publish", "cases")
