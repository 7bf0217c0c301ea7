"""What several do together on one case: calls, and the parts of those who were called.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column("cases", sa.Column("called", TEXT, server_default="", nullable=False))
    op.create_table(
        "call",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_number", sa.BigInteger(), nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("convener", TEXT, nullable=False),
        sa.Column("opened_at", storage.columns.Moment(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("children", sa.JSON(), nullable=False),
        sa.Column("due", sa.JSON(), nullable=False),
        sa.Column("closed_at", storage.columns.Moment(), nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_call_case_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_case_number"), "call", ["case_number"])
    op.create_table(
        "part",
        sa.Column("call", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("place_in_line", sa.Integer(), nullable=False),
        sa.Column("post", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("signed_at", storage.columns.Moment(), nullable=True),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("report", TEXT, nullable=False),
        sa.Column("reported_at", storage.columns.Moment(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rated_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_part_call")),
        sa.PrimaryKeyConstraint("call", "key", name=op.f("pk_part")),
    )
    op.create_index(op.f("ix_part_post"), "part", ["post"])


def downgrade() -> None:
    op.drop_table("part")
    op.drop_table("call")
    op.drop_column("cases", "called")
