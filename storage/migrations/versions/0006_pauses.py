"""A clock can stand still: what its times follow from stands in its row.

Revision ID: 0006
Revises: 0005
"""


import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MINUTE = 60_000
CLOCK = sa.table(
    "clock",
    sa.column("id", sa.BigInteger()),
    sa.column("due_at", sa.BigInteger()),
    sa.column("started_at", sa.BigInteger()),
    sa.column("state", sa.String()),
    sa.column("steps", sa.JSON()),
    sa.column("due", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", storage.columns.Moment(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("color", sa.String(), nullable=False),
        sa.Column("case_number", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_card_case_number")
        ),
    )
    op.create_index("ix_card_post_at", "card", ["post", "at"])
    op.create_table(
        "rhythm",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("slot", storage.columns.Moment(), nullable=True),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("next_at", storage.columns.Moment(), nullable=True),
        sa.Column("last_at", storage.columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm")),
    )
    op.create_index(
        "ix_clock_provisional",
        "clock",
        ["id"],
        sqlite_where=sa.text("provisional"),
        postgresql_where=sa.text("provisional"),
    )
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.execute("UPDATE cases SET waits_for = 'villager' WHERE state = 'waiting'")
    bind = op.get_bind()
    for row in bind.execute(sa.select(CLOCK).where(CLOCK.c.state != "stopped")).all():
        minutes = (row.due_at - row.started_at) // MINUTE
        steps = [[*step, f"{(step[0] - row.due_at) // MINUTE}min"] for step in row.steps]
        bind.execute(
            sa.update(CLOCK).where(CLOCK.c.id == row.id).values(due=f"{minutes}min", steps=steps)
        )


COLUMNS = (
    ("cases", "waits_for", sa.String()),
    ("cases", "review_at", storage.columns.Moment()),
    ("clock", "due", sa.String()),
    ("clock", "moves", sa.JSON()),
    ("clock", "paused_at", storage.columns.Moment()),
    ("clock", "paused_for", sa.String()),
)


def downgrade() -> None:
    op.drop_index("ix_clock_provisional", "clock")
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
    op.drop_table("card")
    op.drop_table("rhythm")
