"""What the migrations leave in a new SQLite file: `make schema` writes it to storage/schema.sql."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from storage import schema
from storage.database import Database


def migrated() -> list[str]:
    """The statements that make the schema, with the rows that the migrations put into it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        database = Database(f"sqlite:///{file}")
        with database.engine.begin() as connection:
            command.upgrade(schema.config(connection), "head")
        database.close()
        with sqlite3.connect(file) as raw:
            made = [each for each in raw.iterdump() if each.startswith(("CREATE", "INSERT"))]
    return [each.replace("\n\n", "\n") for each in made]  # an empty line is between statements


if __name__ == "__main__":
    sys.stdout.write("\n\n".join(migrated()) + "\n")
