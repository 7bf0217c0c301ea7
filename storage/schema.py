"""The schema: brought up to date, and whether it is.

Alembic is imported where it is needed: 10 MB that a process whose schema is up to date never sees.
Nor does one that begins with a new SQLite file, which gets at once what the migrations would leave.
"""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.calendar import seed
from storage.database import Database, lock_number

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
# the scripts are numbered in their order: 0001_the_first_schema.py
HEAD = max(script.name for script in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]
# what they leave in a new SQLite file; `make schema` writes it, a test compares
SNAPSHOT = Path(__file__).parent / "schema.sql"


def config(connection: sa.Connection) -> Config:
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database) -> None:
    """Bring the schema up to date and seed the calendar. Safe to run in several processes at once."""
    if behind(database) is not None and not _from_snapshot(database):
        _migrate(database)
    database.write("calendar", lambda session, _: seed(session), background=True).result()


def upgrade_beside(database: Database) -> None:
    """The same for a process that goes on for months: another one does it, and takes with it what it
    needed for that. The address goes through its standard input, for it may hold a password."""
    if behind(database) is not None and not _from_snapshot(database):
        run([sys.executable, "-m", __name__], input=database.url.encode(), check=True)
    upgrade(database)


def _from_snapshot(database: Database) -> bool:
    """Make the whole schema of a SQLite file in which there is nothing; False for all others."""
    if not database.sqlite:
        return False
    with database.engine.begin() as connection:
        if sa.inspect(connection).get_table_names():
            return False
        for statement in SNAPSHOT.read_text(encoding="utf-8").split("\n\n"):
            connection.exec_driver_sql(statement)
    return True


def _migrate(database: Database) -> None:
    from alembic import command

    with database.engine.connect() as connection, connection.begin():
        if not database.sqlite:
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_number("schema")}
            )
        command.upgrade(config(connection), "head")


def behind(database: Database) -> str | None:
    """None if the schema is up to date, else what is missing."""
    with database.read_engine.connect() as connection:
        known = sa.inspect(connection).has_table("alembic_version")
        current = (
            connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if known else None
        )
    return None if current == HEAD else f"schema at {current or 'nothing'}, program at {HEAD}"


if __name__ == "__main__":
    import storage.tables  # noqa: F401

    upgrade(Database(sys.stdin.read()))
