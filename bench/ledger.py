"""A town's database for measures inside one process: opened, worked, and filled to any size.

It is filled by copying a case that the service itself has written, row by row in sets: the copies
have every column as the program makes it, whatever the schema is by then.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import storage.tables  # noqa: F401  # all tables, before the schema is looked at
from bench.envelope import ACCOUNT
from bench.sentences import SENTENCES
from bot import town
from bot.service import Waiting
from casework.calendar import SHANGHAI
from handlers import dispatch
from handlers.message import Incoming, Reply
from storage.book import Shelf
from storage.database import Database, Moment
from storage.schema import upgrade
from storage.session import WriteSession
from storage.town import advance

FIRST = 0  # number of the message whose case is copied
# Openids and message keys come in no order: each new one lands anywhere in its index.
SCATTERED = "printf('oBench%022d', ({number} * 2654435761) % 4294967296)"


def openid(number: int) -> str:
    """The same as SCATTERED, here."""
    return f"oBench{number * 2654435761 % 4294967296:022d}"


class Ledger:
    """A database with the example town, and the whole job on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(f"sqlite:///{path}")
        self.shelf = Shelf()
        upgrade(self.database)

    def file(self, number: int) -> Future[Reply | None]:
        """A villager nobody knows writes for the first time: a new case."""
        incoming = message(number)

        def work(session: WriteSession, begun: Moment) -> Reply | None:
            book = self.shelf.book(session, begun.revision)
            return dispatch.handle(session, begun, book, incoming, Waiting())

        return self.database.write(incoming.person, work)


def message(number: int) -> Incoming:
    sender = openid(number)
    return Incoming(
        channel="wechat",
        account=ACCOUNT,
        sender=sender,
        key=f"wechat:{ACCOUNT}:{sender}:{24_000_000_000_000_000 + number}",
        kind="text",
        sent_at=datetime.now(UTC),
        text=SENTENCES[number % len(SENTENCES)],
    )


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path)
    try:
        yield ledger
    finally:
        ledger.database.close()


def prepare(path: Path) -> None:
    """A new database with the example town and one case, on a morning when people are told things."""
    with opened(path) as ledger:
        town.load(ledger.database, town.example(), by="bench")
        ledger.database.write("clock", _to_the_morning(ledger)).result()
        ledger.file(FIRST).result()


def _to_the_morning(ledger: Ledger) -> Callable[[WriteSession, Moment], None]:
    def work(session: WriteSession, begun: Moment) -> None:
        calendar = ledger.shelf.book(session, begun.revision).calendar
        day = begun.now.astimezone(SHANGHAI) + timedelta(days=1)
        while not calendar.is_working(day.date()):
            day += timedelta(days=1)
        morning = day.replace(hour=10, minute=0, second=0, microsecond=0)
        advance(session, (morning - begun.now) // timedelta(milliseconds=1))

    return work


def fill(path: Path, cases: int, *, events: int = 1, running: tuple[str, ...] = ()) -> float:
    """Bring a prepared database to `cases` cases: each with a villager, a message, `events` entries
    of its history, all clocks, and a letter that was sent. `running`: the names of the clocks that
    still run; none: all. Nobody else may have the file open. Returns seconds."""
    start = time.perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for statement in copies(connection, cases - 1, events, running):
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return time.perf_counter() - start


def copies(
    connection: sqlite3.Connection, times: int, events: int, running: tuple[str, ...]
) -> Iterator[str]:
    """The statements. `i` counts the copies, `source` is the row that is copied."""
    (number,) = connection.execute("SELECT max(number) FROM cases").fetchone()
    there = SCATTERED.format(number="i")
    elsewhere = f"replace({{}}, '{openid(FIRST)}', {there})"
    case = {"case_number": f"{number} + i"}
    runs = ", ".join(f"'{name}'" for name in running) or "name"
    stopped = {
        "state": f"iif(name IN ({runs}), state, 'stopped')",
        "next_at": f"iif(name IN ({runs}), next_at, NULL)",
        "next_step": f"iif(name IN ({runs}), next_step, NULL)",
        "stopped_at": f"iif(name IN ({runs}), NULL, started_at)",
    }
    changes: dict[str, dict[str, str]] = {
        "villager": {"id": "source.id + i", "openid": there},
        "message": {
            **case,
            "id": "source.id + i",
            "key": elsewhere.format("source.key"),
            "person": elsewhere.format("source.person"),
        },
        "cases": {"number": f"{number} + i", "villager": "source.villager + i"},
        "case_event": {**case, "message": "source.message + i", "key": "NULL"},
        "clock": {**case, **stopped},
        "outbox": {**case, "key": "source.key || ':' || i", "state": "'sent'"},
    }
    for table, changed in changes.items():
        yield copy(connection, table, changed, times, events if table == "case_event" else 1)
    yield f"UPDATE number_series SET last = {number + times} WHERE last = {number}"


def copy(
    connection: sqlite3.Connection, table: str, changed: Mapping[str, str], times: int, each: int
) -> str:
    """INSERT … SELECT of every row of `table`, `times` over, `each` rows a time."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = [name for name in names if name != "id" or "id" in changed]  # else the rowid counts up
    values = ", ".join(changed.get(name, f"source.{name}") for name in kept)
    quoted = ", ".join(f'"{name}"' for name in kept)
    return (
        f"INSERT INTO {table} ({quoted}) "
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {times}), "
        f"m(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM m WHERE j < {each}), "
        f"first AS MATERIALIZED (SELECT * FROM {table}) "
        f"SELECT {values} FROM n CROSS JOIN m CROSS JOIN first AS source"
    )
