"""The two kinds of database, as the lanes and the readers want them."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from storage.columns import to_json

log = logging.getLogger("xiaoge.storage")

WRITE_CACHE = 16_000  # KiB of SQLite's pages, for the one connection that writes …
READ_CACHE = 2_000  # … and for each that reads
BUSY_SECONDS = 5.0  # that one process waits for another on the same SQLite file
CHECKPOINT_BYTES = 4 * 1024 * 1024  # of the write-ahead log, before it is copied into the file
CHECKPOINT_SECONDS = 0.5  # between two looks at its size
LOG_PAGES = 8_192  # in the log; from there on the writer sees to it that it begins anew


def sqlite_engine(url: str, read_only: bool = False) -> sa.Engine:
    """A file with its write-ahead log; each commit is on the disk before it is one."""
    parsed = make_url(url)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        json_serializer=to_json,
        hide_parameters=True,  # what a person wrote stands in no error
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS},
    )

    @sa.event.listens_for(engine, "connect")
    def settings(connection: sqlite3.Connection, _: object) -> None:
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{READ_CACHE if read_only else WRITE_CACHE}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    # The driver's own idea of a transaction would lose updates: see docs/decisions.
    @sa.event.listens_for(engine, "begin")
    def begin_transaction(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch to the write-ahead log. Of two processes that open a new file at the same moment one
    is refused at once, whatever the time-out: it looks again."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def postgresql_engine(url: str, read_only: bool = False) -> sa.Engine:
    """A server, by one driver for everything."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {}
    if read_only:  # and all questions of one reader are answered from one state, as on SQLite
        options["options"] = (
            "-c default_transaction_read_only=on "
            r"-c default_transaction_isolation=repeatable\ read"
        )
    return sa.create_engine(
        parsed,
        json_serializer=to_json,
        hide_parameters=True,
        pool_size=8,
        pool_pre_ping=True,
        connect_args=options,
    )


class Checkpoints:
    """SQLite: copies the write-ahead log into the file beside the writer, not in its commits.

    Left to itself SQLite does it inside every thousandth page's commit, and whoever waits for
    that commit waits three times as long.
    """

    def __init__(self, url: str, engine: sa.Engine) -> None:
        self.log = Path(f"{make_url(url).database}-wal")
        self.engine = engine
        self._long = False
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
        self.thread.start()

    def close(self) -> None:
        self._stop.set()
        self.thread.join()

    def between_commits(self) -> None:
        """The writer's part, only when the log is long: copy what little is left, so that the next
        commit can begin the log anew. Under steady load it would grow without end."""
        if self._long:
            self._long = False
            self._copy()

    def _run(self) -> None:
        while not self._stop.wait(CHECKPOINT_SECONDS):
            if self.log.exists() and self.log.stat().st_size > CHECKPOINT_BYTES:
                self._long = self._copy() > LOG_PAGES

    def _copy(self) -> int:
        """Copy what can be copied without waiting; says how many pages the log holds."""
        raw = self.engine.raw_connection()
        try:
            _, pages, _ = raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            return int(pages)
        except sqlite3.Error:  # a full disk, say: the next commit says so; this goes on
            log.warning("the write-ahead log could not be copied")
            return 0
        finally:
            raw.close()
