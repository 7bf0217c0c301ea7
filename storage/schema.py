"""The schema: brought up to date, and whether it is."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.calendar import seed
from storage.database import Database, lock_number

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: sa.Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database) -> None:
    """Bring the schema up to date and seed the calendar. Safe to run in several processes at once."""
    with database.engine.connect() as connection, connection.begin():
        if not database.sqlite:
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_number("schema")}
            )
        command.upgrade(config(connection), "head")
    database.write("calendar", lambda session, _: seed(session), background=True).result()


def behind(database: Database) -> str | None:
    """None if the schema is up to date, else what is missing."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with database.read_engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return None if current == head else f"schema at {current or 'nothing'}, program at {head}"
