"""The obvious way to keep deadlines: one APScheduler job for each, in its SQLAlchemy job store.

A job that fires does the same work on its clock as our sweep does, in a transaction of its own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler

from bench.ledger import Ledger
from handlers.timed import clocks
from storage.database import Moment
from storage.session import WriteSession

JOBS: Final = 10_000
ADDED: Final = 100  # jobs whose way into the store is timed, each safe on the disk
MILLION: Final = 1_000_000

_ledger: list[Ledger] = []  # a job is kept by the name of its function and finds the ledger here


def strike(clock: int) -> None:
    """What a deadline's job does."""
    ledger = _ledger[0]

    def work(session: WriteSession, begun: Moment) -> None:
        book = ledger.shelf.book(session, begun.revision)
        clocks.work(session, begun, book, clock)

    ledger.database.write("sweep", work, background=True).result()


def measure(folder: Path, ledger: Ledger, due: Sequence[int]) -> dict[str, float]:
    """Microseconds for each of these clocks that is due among `JOBS` jobs; what a job costs to add,
    and what a million of them would take (extrapolated)."""
    _ledger[:] = [ledger]
    file = folder / "jobs.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _in_a_hurry)
    scheduler, failed = _scheduler(engine)
    later = datetime.now(UTC) + timedelta(days=30)
    for number in range(JOBS - len(due) - ADDED):
        scheduler.add_job(strike, "date", run_date=later, args=[-number], id=f"later{number}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=FULL")
    start = time.perf_counter()
    for number in range(ADDED):
        scheduler.add_job(strike, "date", run_date=later, args=[-number], id=f"safe{number}")
    added = (time.perf_counter() - start) / ADDED
    soon = datetime.now(UTC) - timedelta(seconds=1)
    for clock in due:
        scheduler.add_job(strike, "date", run_date=soon, args=[clock], id=f"due{clock}")
    start = time.perf_counter()
    scheduler._process_jobs()
    worked = (time.perf_counter() - start) / len(due)
    if failed:
        raise RuntimeError(f"{len(failed)} jobs failed")
    size = file.stat().st_size
    engine.dispose()
    return {
        "due_us": worked * 1e6,
        "add_us": added * 1e6,
        "million_s": added * MILLION,
        "million_mb": size / JOBS * MILLION / 1e6,
    }


class Asked(BaseScheduler):  # type: ignore[misc]
    """A scheduler that looks for due jobs when it is asked to."""

    def wakeup(self) -> None:
        """Nobody waits."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)


def _scheduler(engine: sa.Engine) -> tuple[Asked, list[Any]]:
    """One that is running, and what has failed in it."""
    scheduler, failed = Asked(timezone=UTC, job_defaults={"misfire_grace_time": None}), list[Any]()
    scheduler.add_jobstore(SQLAlchemyJobStore(engine=engine))
    scheduler.add_executor(DebugExecutor())
    scheduler.add_listener(failed.append, EVENT_JOB_ERROR)
    scheduler.start()
    return scheduler, failed


def _in_a_hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
