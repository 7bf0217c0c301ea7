"""The words in a case's history can be blanked by law, as those in the trail: never rewritten.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = "UPDATE OF id, case_number, at, kind, actor, data, message, key"


def upgrade() -> None:
    _drop("update")
    _guard("update", KEPT, "")
    _guard("rewrite", "UPDATE OF text", "WHEN (NEW.text <> '') ")


def downgrade() -> None:
    _drop("rewrite")
    _drop("update")
    _guard("update", "UPDATE", "")


def _guard(name: str, what: str, when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER case_event_no_{name} BEFORE {what} ON case_event {when}"
            "BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER case_event_no_{name} BEFORE {what} ON case_event "
            f"FOR EACH ROW {when}EXECUTE FUNCTION append_only()"
        )


def _drop(name: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER case_event_no_{name}" + ("" if sqlite else " ON case_event"))
