"""What has happened stays as it was: triggers on history and audit; the rows that must exist.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("case_event", "audit", "audit_seal", "town_entry")
# An audit row's personal text can be blanked by law, not rewritten; nothing else of it can change.
GUARDS = [
    *(
        (table, verb, verb.upper(), "")
        for table in APPEND_ONLY
        for verb in ("update", "delete")
        if (table, verb) != ("audit", "update")
    ),
    ("audit", "update", "UPDATE OF id, at, actor, act, target, digest", ""),
    ("audit", "rewrite", "UPDATE OF detail", "WHEN (NEW.detail <> '') "),
]


def upgrade() -> None:
    op.execute("INSERT INTO town_state (id, revision, clock_offset) VALUES (1, 1, 0)")
    op.execute("INSERT INTO number_series (name, last) VALUES ('ordinary', 1000)")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table, name, what, when in GUARDS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {what} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table, name, what, when in GUARDS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {what} ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, name, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {table}_no_{name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION append_only()")
    op.execute("DELETE FROM town_state")
    op.execute("DELETE FROM number_series")
