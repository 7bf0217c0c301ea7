"""Bulk acts; who told staff of a matter; who stays away from one.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("cases", sa.Column("recused", TEXT(), server_default="", nullable=False))
    op.create_table(
        "bulk",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", storage.columns.Moment(), nullable=False),
        sa.Column("actor", TEXT(), nullable=False),
        sa.Column("command", TEXT(), nullable=False),
        sa.Column("line", TEXT(), nullable=False),
        sa.Column("undone_at", storage.columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )
    op.create_index(op.f("ix_bulk_actor"), "bulk", ["actor"])
    op.create_table(
        "bulk_case",
        sa.Column("bulk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("former_post", TEXT(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("why", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["bulk"], ["bulk.id"], name=op.f("fk_bulk_case_bulk")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_bulk_case_case_number")
        ),
        sa.PrimaryKeyConstraint("bulk", "case_number", name=op.f("pk_bulk_case")),
    )
    op.create_table(
        "contact",
        sa.Column("case_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_contact_case_number")
        ),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_contact")),
    )


def downgrade() -> None:
    op.drop_table("contact")
    op.drop_table("bulk_case")
    op.drop_index(op.f("ix_bulk_actor"), table_name="bulk")
    op.drop_table("bulk")
    op.drop_column("cases", "recused")
