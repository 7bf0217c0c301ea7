"""Partners send orders: which case became of each, and until when they want it done.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from storage.columns import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("cases", sa.Column("wanted_by", Moment(), nullable=True))
    op.create_table(
        "work_order",
        sa.Column("partner", Text(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("case_number", sa.BigInteger(), nullable=False),
        sa.Column("follows", sa.BigInteger(), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_work_order_case_number")
        ),
        sa.PrimaryKeyConstraint("partner", "number", name=op.f("pk_work_order")),
        sa.UniqueConstraint("case_number", name=op.f("uq_work_order_case_number")),
    )
    op.create_index(op.f("ix_work_order_follows"), "work_order", ["follows"])


def downgrade() -> None:
    op.drop_table("work_order")
    op.drop_column("cases", "wanted_by")
