"""`Database.write`: in order, together, and either committed or not acknowledged."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

import storage.database
from storage import hot
from storage.audit import TaskRow
from storage.case import NumberRow
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.tasks import undone
from tests.storage.servers import open_database
from tests.storage.town import MONDAY

NUMBERS = NumberRow.__table__  # type: ignore[attr-defined]
Work = Callable[[WriteSession, Moment], Any]

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


def put(name: str, last: int = 0) -> Work:
    """A piece of work that leaves one row."""
    return lambda session, _: session.execute(sa.insert(NUMBERS).values(name=name, last=last))


def names(database: Database) -> list[str]:
    """The rows that are there, in the order in which they were numbered."""
    with database.reading() as (session, _):
        statement = sa.select(NUMBERS.c.name).order_by(NUMBERS.c.last, NUMBERS.c.name)
        return [
            name
            for (name,) in session.connection.execute(statement)
            if name not in ("ordinary", "compared")
        ]


def increment(session: WriteSession, _: Moment) -> int:
    """Reads, thinks, writes: what a lost update would show in."""
    where = NUMBERS.c.name == "ordinary"
    last = session.connection.execute(sa.select(NUMBERS.c.last).where(where)).scalar_one()
    session.execute(sa.update(NUMBERS).where(where).values(last=last + 1))
    return int(last) + 1


def counted(database: Database) -> int:
    with database.reading() as (session, _):
        where = NUMBERS.c.name == "ordinary"
        return int(session.connection.execute(sa.select(NUMBERS.c.last).where(where)).scalar_one())


@contextmanager
def held_up(database: Database) -> Iterator[None]:
    """All lanes are busy until the block ends: what is put meanwhile waits together."""
    go, busy = threading.Event(), threading.Semaphore(0)

    def wait_for_it(session: WriteSession, _: Moment) -> None:
        busy.release()
        go.wait(10)

    keys = {database._lane(f"busy {number}"): f"busy {number}" for number in range(50)}
    for key in keys.values():
        database.write(key, wait_for_it)
    for _ in keys:
        assert busy.acquire(timeout=10)
    try:
        yield
    finally:
        go.set()


# --- order ---------------------------------------------------------------------------------------


def test_what_one_person_says_stays_in_order(database: Database) -> None:
    said: dict[str, list[int]] = {"zhang": [], "li": [], "wang": []}

    def hear(who: str, number: int) -> Work:
        return lambda session, _: said[who].append(number)

    with held_up(database):
        futures = [database.write(who, hear(who, number)) for number in range(100) for who in said]
    wait(futures)
    assert all(numbers == list(range(100)) for numbers in said.values())


def test_interactive_work_goes_before_background_work(database: Database) -> None:
    order: list[str] = []
    with held_up(database):
        background = [
            database.write("key", lambda *_: order.append("sweep"), background=True)
            for _ in range(3)
        ]
        interactive = [database.write("key", lambda *_: order.append("zhang")) for _ in range(10)]
    wait([*background, *interactive])
    assert order[:10] == ["zhang"] * 10


def test_background_work_is_not_starved(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as people write without a pause, the outbox and the clocks still get their turn."""
    monkeypatch.setattr(storage.database, "PATIENCE", 0.05)
    until = time.monotonic() + 5
    done = threading.Event()

    def say_on(session: WriteSession, _: Moment) -> None:
        if not done.is_set() and time.monotonic() < until:
            database.write("key", say_on)

    with held_up(database):
        for _ in range(3):
            database.write("key", say_on)
        sweep = database.write("key", lambda *_: done.set(), background=True)
    sweep.result(10)
    assert time.monotonic() < until


# --- one fails -----------------------------------------------------------------------------------


def fails_in_python(session: WriteSession, _: Moment) -> None:
    put("half")(session, _)
    raise ZeroDivisionError


def fails_in_a_statement(session: WriteSession, _: Moment) -> None:
    put("half")(session, _)
    put("half")(session, _)


def fails_in_a_hot_statement(session: WriteSession, _: Moment) -> None:
    put("half")(session, _)
    session.run(hot.INSERT_PARTY, case_number=1, villager=None)


def fails_in_an_added_row(session: WriteSession, _: Moment) -> None:
    put("half")(session, _)
    for _i in range(2):
        session.add(TaskRow(key="same", at=MONDAY, text="twice"))


def fails_in_a_question(session: WriteSession, _: Moment) -> None:
    put("half")(session, _)
    session.all(sa.text("SELECT nothing FROM nowhere"))


FAILING = [
    fails_in_python,
    fails_in_a_statement,
    fails_in_a_hot_statement,
    fails_in_an_added_row,
]


@pytest.mark.parametrize("failing", FAILING)
def test_a_failing_piece_is_rolled_back_alone(database: Database, failing: Work) -> None:
    with held_up(database):
        before = database.write("key", put("before", 1))
        broken = database.write("key", failing)
        after = database.write("key", put("after", 2))
    assert broken.exception(10) is not None
    assert (before.result(10), after.result(10)) == (1, 1)
    assert names(database) == ["before", "after"]


@pytest.mark.parametrize("failing", FAILING)
def test_an_error_inside_a_nested_block_leaves_the_rest(database: Database, failing: Work) -> None:
    def work(session: WriteSession, begun: Moment) -> None:
        put("before", 1)(session, begun)
        session.add(TaskRow(key="kept", at=begun.now, text="kept"))
        try:
            with session.nested():
                failing(session, begun)
        except Exception:
            session.add(TaskRow(key="failed", at=begun.now, text="looked after"))
        with session.nested():
            put("after", 2)(session, begun)

    database.write("key", work).result(10)
    assert names(database) == ["before", "after"]
    with database.reading() as (session, _):
        assert [task.key for task in undone(session)] == ["kept", "failed"]


def test_a_question_that_fails_says_so_and_the_next_works(database: Database) -> None:
    with pytest.raises(SQLAlchemyError):
        database.write("key", fails_in_a_question).result(10)
    database.write("key", put("after")).result(10)
    assert names(database) == ["after"]


@pytest.mark.parametrize("at", ["begin", "commit"])
def test_nothing_is_acknowledged_when_the_commit_fails(database: Database, at: str) -> None:
    class DiskIsFull(Exception):
        pass

    def fail(_: object) -> None:
        raise DiskIsFull

    with held_up(database):
        sa.event.listen(database.engine, at, fail)
        futures = [database.write("key", put(f"row {number}")) for number in range(5)]
    wait(futures)
    sa.event.remove(database.engine, at, fail)
    if database.sqlite and at == "begin":
        # they joined the transaction that had begun before
        assert [future.exception() for future in futures] == [None] * 5
        return
    assert all(isinstance(future.exception(), DiskIsFull) for future in futures)
    assert names(database) == []
    database.write("key", put("later")).result(10)
    assert names(database) == ["later"]


# --- many at once --------------------------------------------------------------------------------


def test_many_increments_lose_nothing(database: Database, replica: Database) -> None:
    """300 people at once, through two processes."""
    people = ThreadPoolExecutor(30)
    results = list(
        people.map(
            lambda number: (database, replica)[number % 2].write("ordinary", increment).result(30),
            range(300),
        )
    )
    assert sorted(results) == list(range(1001, 1301))
    assert counted(database) == 1300


def test_many_threads_and_event_loops_share_one_database(database: Database) -> None:
    async def talk(who: int) -> list[int]:
        return await asyncio.gather(
            *(database.awrite("ordinary", increment) for _ in range(10)),
        )

    with ThreadPoolExecutor(8) as threads:
        loops = [threads.submit(lambda who: asyncio.run(talk(who)), who) for who in range(4)]
        plain = [threads.submit(database.write("ordinary", increment).result) for _ in range(10)]
        numbers = [number for loop in loops for number in loop.result(30)]
        numbers += [future.result(30) for future in plain]
    assert sorted(numbers) == list(range(1001, 1051))


def test_an_event_loop_that_has_gone_holds_up_nobody(database: Database) -> None:
    async def leave() -> None:
        task = asyncio.ensure_future(database.awrite("key", put("left")))
        await asyncio.sleep(0)
        task.cancel()

    with held_up(database):
        asyncio.run(leave())
        after = database.write("key", put("stayed", 1))
    assert after.result(10) == 1
    assert names(database) == ["left", "stayed"]


def test_a_batch_is_one_transaction_on_sqlite(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "BATCH_SECONDS", 10.0)
    commits: list[object] = []
    with held_up(database):
        sa.event.listen(database.engine, "commit", commits.append)
        futures = [database.write("key", put(f"row {number}")) for number in range(20)]
    wait(futures)
    assert len(commits) == (1 if database.sqlite else 20 + len(database._lanes))


# --- the end -------------------------------------------------------------------------------------


def test_closing_finishes_what_waits(url: str) -> None:
    database = open_database(url)
    with held_up(database):
        futures = [database.write(f"key {number}", put(f"row {number}")) for number in range(100)]
        futures.append(database.write("key", put("sweep"), background=True))
        closing = threading.Thread(target=database.close)
        closing.start()
    closing.join(20)
    assert [future.exception() for future in futures] == [None] * 101
    with pytest.raises(RuntimeError, match="closed"):
        database.write("key", put("too late"))
    database.close()
    again = open_database(url)
    assert len(names(again)) == 101
    again.close()


# --- a moment ------------------------------------------------------------------------------------


def test_reading_does_not_wait_for_writing(database: Database) -> None:
    with held_up(database):
        started = time.monotonic()
        assert names(database) == []
        assert time.monotonic() - started < 2


def test_a_reader_sees_one_state_of_things(database: Database) -> None:
    with database.reading() as (session, _):
        count = sa.select(sa.func.count()).select_from(NUMBERS)
        first = session.connection.execute(count).scalar_one()
        database.write("key", put("meanwhile")).result(10)
        assert session.connection.execute(count).scalar_one() == first
    assert names(database) == ["meanwhile"]
