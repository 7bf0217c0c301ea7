"""The schema: made by migrations, the same as the models say, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import storage.tables
from storage import schema
from storage.database import Database
from tests.storage import snapshot
from tests.storage.servers import SERVERS, open_database

METADATA = SQLModel.metadata
HEAD = ScriptDirectory(str(schema.MIGRATIONS)).get_current_head()
TABLES = {vars(storage.tables)[name].__tablename__ for name in storage.tables.__all__}
TRIGGERS = {
    f"{table}_no_{verb}"
    for table in ("case_event", "audit", "audit_seal", "town_entry")
    for verb in ("update", "delete")
} | {"audit_no_rewrite", "case_event_no_rewrite"}

UPGRADE = """
import sys
from storage import schema
from storage.database import Database
database = Database(sys.argv[1])
schema.upgrade(database)
database.close()
"""


@pytest.fixture
def nothing(empty_url: str) -> Iterator[Database]:
    database = open_database(empty_url)
    yield database
    database.close()


@pytest.fixture
def from_models(server: str) -> Iterator[Database]:
    """A database made straight from the models."""
    made = SERVERS[server]()
    url = made.new()
    database = open_database(url)
    with database.engine.begin() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()
    made.drop(url)


def rows(database: Database, statement: str) -> set[tuple[Any, ...]]:
    with database.engine.begin() as connection:
        return {tuple(row) for row in connection.execute(sa.text(statement))}


def indexes(database: Database) -> set[tuple[Any, ...]]:
    """Every index as the database itself writes it, conditions included."""
    if database.sqlite:
        found = rows(database, "SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    else:
        found = rows(
            database, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
    return {(name, " ".join((text or "").split())) for name, text in found if _ours(name)}


def triggers(database: Database) -> set[str]:
    if database.sqlite:
        found = rows(database, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        found = rows(database, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    return {name for (name,) in found}


def tables(database: Database) -> set[str]:
    with database.engine.begin() as connection:
        return {name for name in sa.inspect(connection).get_table_names() if _ours(name)}


def _ours(name: str) -> bool:
    return "alembic_version" not in name


def test_a_database_without_a_schema_is_behind(nothing: Database) -> None:
    assert schema.behind(nothing) == f"schema at nothing, program at {HEAD}"
    schema.upgrade(nothing)
    assert schema.behind(nothing) is None


def test_a_process_beside_brings_it_up_to_date(nothing: Database) -> None:
    schema.upgrade_beside(nothing)
    assert schema.behind(nothing) is None
    assert rows(nothing, "SELECT name, last FROM number_series") == {
        ("compared", 1000),
        ("ordinary", 1000),
    }


def test_the_last_script_is_the_newest_state() -> None:
    assert schema.HEAD == HEAD


def test_a_new_file_gets_what_the_migrations_would_leave() -> None:
    kept = schema.SNAPSHOT.read_text(encoding="utf-8")
    assert kept == "\n\n".join(snapshot.migrated()) + "\n", "run `make schema`"


def test_whoever_is_up_to_date_never_sees_alembic() -> None:
    program = "import sys, storage.schema; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_database_of_an_older_release_is_behind(nothing: Database) -> None:
    with nothing.engine.begin() as connection:
        command.upgrade(schema.config(connection), "0001")
    assert schema.behind(nothing) == f"schema at 0001, program at {HEAD}"
    schema.upgrade(nothing)
    assert schema.behind(nothing) is None
    assert triggers(nothing) == TRIGGERS


def test_the_migrated_schema_is_the_one_of_the_models(
    database: Database, from_models: Database
) -> None:
    with database.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert tables(database) == tables(from_models) == TABLES
    assert indexes(database) == indexes(from_models)


def test_what_may_not_change_is_guarded_by_triggers(database: Database) -> None:
    assert triggers(database) == TRIGGERS


def test_a_second_upgrade_does_nothing(database: Database) -> None:
    def state() -> Any:
        contents = [rows(database, f"SELECT * FROM {table}") for table in sorted(TABLES)]
        return contents, indexes(database), triggers(database)

    before = state()
    schema.upgrade(database)
    assert state() == before


def test_two_processes_upgrade_at_once(empty_url: str) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, empty_url], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    database = open_database(empty_url)
    assert schema.behind(database) is None
    assert rows(database, "SELECT name, last FROM number_series") == {
        ("compared", 1000),
        ("ordinary", 1000),
    }
    database.close()


def test_the_way_back_leaves_nothing(database: Database) -> None:
    with database.engine.begin() as connection:
        command.downgrade(schema.config(connection), "base")
    assert (tables(database), indexes(database), triggers(database)) == (set(), set(), set())
    schema.upgrade(database)
    assert triggers(database) == TRIGGERS
