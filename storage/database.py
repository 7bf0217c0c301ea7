"""One message, one call, one transaction.

`Database.write(key, work)` runs `work(session, moment)` in the lane of `key`, so that what has
the same key stays in order. On SQLite there is one lane: a thread that owns the only writing
connection, takes what waits (at most 64 pieces or 25 ms), commits once, and only then lets the answers go;
if one piece fails, each of them is worked once more, alone. On PostgreSQL there are a few lanes with a transaction
each, and an advisory lock on the key across replicas; a piece of work runs again there after a
deadlock. Because it may run again, it must have no effect outside its session.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from storage.engines import Checkpoints, postgresql_engine, sqlite_engine
from storage.session import HotRead, ReadSession, WriteSession, is_deadlock
from storage.town import TownState

T = TypeVar("T")

BATCH = 64
BATCH_SECONDS = 0.025
CROWD = 4  # pieces in one commit: the event loop is busy as well, so let it bring what it has …
GATHER_SECONDS = 0.002  # … rather than take turns with it over every statement
PATIENCE = 0.5  # seconds that background work lets interactive work go first
LANES = 4  # PostgreSQL only
ATTEMPTS = 5  # of one piece of work after a deadlock (PostgreSQL)


class Moment:
    """What a transaction knows of time and of the town's decisions when it begins."""

    __slots__ = ("now", "revision", "wall")

    def __init__(self, wall: datetime, now: datetime, revision: int) -> None:
        self.wall = wall  # signatures, leases, rate limits, the 48-hour window
        self.now = now  # the town's clock: all that casework sees
        self.revision = revision


Work = Callable[[WriteSession, Moment], T]


class _Job(Generic[T]):
    __slots__ = ("error", "future", "key", "loop", "result", "work")

    def __init__(
        self,
        key: str,
        work: Work[T],
        future: Future[T] | asyncio.Future[T],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.key = key
        self.work = work
        self.future = future
        self.loop = loop
        self.result: Any = None
        self.error: BaseException | None = None

    def release(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


def _release(jobs: list[_Job[Any]]) -> None:
    for job in jobs:
        job.release()


# the disk is full, the file is locked: the whole batch fails and is delivered again
UNAVAILABLE = (sqlite3.OperationalError, OperationalError)

_STATE = HotRead(
    sa.select(TownState.revision, TownState.clock_offset).where(TownState.id == 1)  # type: ignore[call-overload]
)


class Database:
    """The town's database: lanes that write, connections that read."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = sqlite_engine(url) if self.sqlite else postgresql_engine(url)
        self.read_engine = (
            sqlite_engine(url, read_only=True) if self.sqlite else postgresql_engine(url, True)
        )
        lanes = 1 if self.sqlite else LANES
        self._lanes = [_Lane(self, f"write-{number}") for number in range(lanes)]
        self.checkpoints = Checkpoints(url, self.engine) if self.sqlite else None
        self._readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="read")
        self._closed = False

    def write(self, key: str, work: Work[T], background: bool = False) -> Future[T]:
        """Do `work` in the lane of `key`; the future is done when it is committed.

        Background work waits while interactive work is there. Raises what `work` raised, or
        the database's error if the commit failed.
        """
        future: Future[T] = Future()
        self._lane(key).put(_Job(key, work, future, None), background)
        return future

    async def awrite(self, key: str, work: Work[T], background: bool = False) -> T:
        """`write` for the event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._lane(key).put(_Job(key, work, future, loop), background)
        return await future

    @contextmanager
    def reading(self) -> Iterator[tuple[ReadSession, Moment]]:
        """A read-only session on a connection of its own, for this thread."""
        with self.read_engine.connect() as connection, connection.begin():
            session = ReadSession(connection)
            yield session, begin(session)

    async def aread(self, question: Callable[[ReadSession, Moment], T]) -> T:
        """Ask on a read session, in a thread: never in the way of what is written."""

        def ask() -> T:
            with self.reading() as (session, begun):
                return question(session, begun)

        return await asyncio.get_running_loop().run_in_executor(self._readers, ask)

    def close(self) -> None:
        """Finish what waits, then let go."""
        if self._closed:
            return
        self._closed = True
        for lane in self._lanes:
            lane.close()
        if self.checkpoints is not None:
            self.checkpoints.close()
        self._readers.shutdown()
        self.engine.dispose()
        self.read_engine.dispose()

    def _lane(self, key: str) -> _Lane:
        if len(self._lanes) == 1:
            return self._lanes[0]
        return self._lanes[lock_number(key) % len(self._lanes)]


def begin(session: ReadSession) -> Moment:
    """The moment of a transaction that begins now."""
    row = session.row(_STATE)
    revision, offset = (0, 0) if row is None else row
    wall = datetime.now(UTC)
    return Moment(wall, wall + timedelta(milliseconds=offset) if offset else wall, revision)


def lock_number(key: str) -> int:
    """A key as a signed 64-bit number, the same in every process."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)


class _Lane:
    """A thread with the only connection that writes (SQLite), or one of a few (PostgreSQL).

    Each job leaves a token that wakes the thread; which job is next is decided then: interactive
    ones first, a background job when there are none or when it has been patient for long enough.
    """

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.tokens: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.interactive: deque[_Job[Any]] = deque()
        self.background: deque[tuple[float, _Job[Any]]] = deque()
        self.closing = False
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def put(self, job: _Job[Any], background: bool) -> None:
        if self.closing:
            raise RuntimeError("the database is closed")
        if background:
            self.background.append((time.monotonic(), job))
        else:
            self.interactive.append(job)
        self.tokens.put(None)

    def close(self) -> None:
        self.closing = True
        self.tokens.put(None)
        self.thread.join()

    def _run(self) -> None:
        work_off = self._batch if self.database.sqlite else self._each
        worked = 0
        while True:
            self.tokens.get()
            if worked >= CROWD:
                time.sleep(GATHER_SECONDS)
            job = self._next()
            worked = work_off(job) if job is not None else 0
            if self.closing and not self.interactive and not self.background:
                return

    def _next(self) -> _Job[Any] | None:
        """The job whose turn it is."""
        if self.background:
            since, job = self.background[0]
            if not self.interactive or time.monotonic() - since > PATIENCE:
                self.background.popleft()
                return job
        return self.interactive.popleft() if self.interactive else None

    def _waiting(self) -> _Job[Any] | None:
        """The next job, if one is there already."""
        try:
            self.tokens.get_nowait()
        except queue.Empty:
            return None
        return self._next()

    def _batch(self, first: _Job[Any]) -> int:
        """SQLite: what waits shares a commit; says how many.

        Where one fails, or a row that was gathered turns out to be impossible when it is written,
        all is taken back; then each works alone, and writes at once.
        """
        done: list[_Job[Any]] = []
        try:
            self._together(first, done)
        except UNAVAILABLE as error:
            for job in done:
                job.error = error
        except Exception:
            for job in done:
                self._alone(job)
        self._let_go(done)
        if self.database.checkpoints is not None:
            self.database.checkpoints.between_commits()
        return len(done)

    def _together(self, first: _Job[Any], done: list[_Job[Any]]) -> None:
        """One transaction for the first and for what comes in meanwhile; each is put into `done`."""
        job: _Job[Any] | None = first
        done.append(first)
        with self.database.engine.connect() as connection, connection.begin():
            session = WriteSession(connection, gathers=True)
            begun = begin(session)
            until = time.monotonic() + BATCH_SECONDS
            while job is not None:
                job.result = job.work(session, begun)
                session.forget()
                full = len(done) >= BATCH or time.monotonic() >= until
                job = None if full else self._waiting()
                if job is not None:
                    done.append(job)
            session.finish()

    def _alone(self, job: _Job[Any]) -> None:
        try:
            with self.database.engine.connect() as connection, connection.begin():
                session = WriteSession(connection)
                job.result = job.work(session, begin(session))
                session.finish()
        except Exception as error:
            job.error = error

    def _each(self, job: _Job[Any]) -> int:
        """PostgreSQL: a transaction each, again after a deadlock."""
        for attempt in range(1, ATTEMPTS + 1):
            job.error = None
            try:
                with self.database.engine.connect() as connection, connection.begin():
                    session = WriteSession(connection)
                    session._cursor.execute(
                        "SELECT pg_advisory_xact_lock(%s)", (lock_number(job.key),)
                    )
                    job.result = job.work(session, begin(session))
                    if session.deadlock is not None:
                        raise session.deadlock
                    session.finish()
            except Exception as error:
                job.error = error
                if attempt < ATTEMPTS and is_deadlock(error):
                    continue
            break
        self._let_go([job])
        return 1

    @staticmethod
    def _let_go(jobs: list[_Job[Any]]) -> None:
        """Release the answers: one call into each event loop for the whole batch."""
        loops: dict[asyncio.AbstractEventLoop, list[_Job[Any]]] = {}
        for job in jobs:
            if job.loop is None:
                job.release()
            else:
                loops.setdefault(job.loop, []).append(job)
        for loop, its in loops.items():
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                loop.call_soon_threadsafe(_release, its)
