"""Reaching villagers: what may still be sent to each, how each thing was told, media, shared tokens.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    with op.batch_alter_table("villager") as villager:
        villager.add_column(
            sa.Column("open_until", storage.columns.Moment(), nullable=False, server_default="0")
        )
        villager.add_column(sa.Column("allowed", sa.Integer(), nullable=False, server_default="0"))
        villager.add_column(
            sa.Column("subscribed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("attachment") as attachment:
        attachment.add_column(sa.Column("thumbnail", Text(), nullable=False, server_default=""))
        attachment.add_column(sa.Column("reason", Text(), nullable=False, server_default=""))
    op.create_table(
        "delivery",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("letter", sa.BigInteger(), nullable=False),
        sa.Column("case_number", sa.BigInteger(), nullable=True),
        sa.Column("rung", Text(), nullable=False),
        sa.Column("outcome", Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("receipt", Text(), nullable=False),
        sa.Column("at", storage.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery") as delivery:
        delivery.create_index(op.f("ix_delivery_letter"), ["letter"])
        delivery.create_index(op.f("ix_delivery_case_number"), ["case_number"])
        with_receipt = sa.text("receipt <> ''")
        delivery.create_index(
            "ix_delivery_receipt",
            ["receipt"],
            sqlite_where=with_receipt,
            postgresql_where=with_receipt,
        )
    op.create_table(
        "platform_token",
        sa.Column("name", Text(), nullable=False),
        sa.Column("token", Text(), nullable=False),
        sa.Column("good_until", storage.columns.Moment(), nullable=False),
        sa.Column("leased_until", storage.columns.Moment(), nullable=False),
        sa.Column("forced_at", storage.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_platform_token")),
    )
    op.create_table(
        "platform_fact",
        sa.Column("key", Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", storage.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_platform_fact")),
    )


def downgrade() -> None:
    op.drop_table("platform_fact")
    op.drop_table("platform_token")
    op.drop_table("delivery")
    with op.batch_alter_table("attachment") as attachment:
        attachment.drop_column("reason")
        attachment.drop_column("thumbnail")
    with op.batch_alter_table("villager") as villager:
        villager.drop_column("subscribed")
        villager.drop_column("allowed")
        villager.drop_column("open_until")
