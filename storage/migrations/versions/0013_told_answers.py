"""Answers that villagers were told at once.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from storage.columns import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "told_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("villager", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("answer", Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("case_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message"], ["message.id"], name=op.f("fk_told_answer_message_message")
        ),
        sa.ForeignKeyConstraint(
            ["villager"], ["villager.id"], name=op.f("fk_told_answer_villager_villager")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_answer")),
    )
    op.create_index("ix_told_answer_villager", "told_answer", ["villager", "id"])
    op.create_index("ix_told_answer_answer", "told_answer", ["answer"])


def downgrade() -> None:
    op.drop_table("told_answer")
