"""Every storage test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.storage.servers import SERVERS, migrated, open_database, settled


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """sqlite, then postgresql."""
    name: str = request.param
    return name


@pytest.fixture
def empty_url(server: str) -> Iterator[str]:
    """A database in which there is nothing, not even a schema."""
    yield from _database(server, None)


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """A database with the schema and the calendar."""
    yield from _database(server, migrated(server))


@pytest.fixture
def town_url(server: str) -> Iterator[str]:
    """A database with the demo town 青石镇."""
    yield from _database(server, settled(server))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    yield from _opened(url)


@pytest.fixture
def replica(url: str) -> Iterator[Database]:
    """The same database as another process sees it."""
    yield from _opened(url)


@pytest.fixture
def qingshi(town_url: str) -> Iterator[Database]:
    """The database of 青石镇."""
    yield from _opened(town_url)


@pytest.fixture
def qingshi_replica(town_url: str) -> Iterator[Database]:
    yield from _opened(town_url)


@pytest.fixture(scope="module", params=SERVERS)
def shared(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database for tests of one module that only look."""
    for url in _database(request.param, migrated(request.param)):
        yield from _opened(url)


def _database(server: str, template: str | None) -> Iterator[str]:
    made = SERVERS[server]()
    url = made.new(template)
    yield url
    made.drop(url)


def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()
