"""Cases that speak of the same matter: the index of keys, and what was found.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "case_number", name=op.f("pk_text_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_text_key_case_number"), "text_key", ["case_number"])
    op.create_table(
        "alike",
        sa.Column("case_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_alike")),
    )
    op.create_index(op.f("ix_alike_first"), "alike", ["first"])
    # what was filed before is not compared, and nobody is offered anything about it
    op.execute(
        "INSERT INTO number_series (name, last) "
        "SELECT 'compared', last FROM number_series WHERE name = 'ordinary'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM number_series WHERE name = 'compared'")
    op.drop_table("alike")
    op.drop_table("text_key")
