"""What only PostgreSQL does: locks across replicas, and work that runs again after a deadlock."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from storage.case import NumberRow
from storage.database import ATTEMPTS, Database, Moment
from storage.session import WriteSession
from tests.storage.servers import SERVERS, migrated, open_database

NUMBERS = NumberRow.__table__  # type: ignore[attr-defined]
FIRST, SECOND = "ordinary", "second"


@pytest.fixture
def url() -> Iterator[str]:
    server = SERVERS["postgresql"]()
    url = server.new(migrated("postgresql"))
    yield url
    server.drop(url)


@pytest.fixture
def both(url: str) -> Iterator[tuple[Database, Database]]:
    """Two replicas, and two rows that they want in a different order."""
    replicas = open_database(url), open_database(url)
    replicas[0].write(
        "key",
        lambda session, _: session.execute(sa.insert(NUMBERS).values(name=SECOND, last=0)),
    ).result(10)
    yield replicas
    for replica in replicas:
        replica.close()


def add_one(session: WriteSession, name: str) -> None:
    session.execute(
        sa.update(NUMBERS).where(NUMBERS.c.name == name).values(last=NUMBERS.c.last + 1)
    )


def counted(database: Database, name: str) -> int:
    with database.reading() as (session, _):
        return int(
            session.connection.execute(
                sa.select(NUMBERS.c.last).where(NUMBERS.c.name == name)
            ).scalar_one()
        )


class Crossing:
    """Two pieces of work that meet in the middle, each holding what the other wants."""

    def __init__(self, caught: bool) -> None:
        self.meeting = threading.Barrier(2)
        self.runs = 0
        self.caught = caught

    def go(self, one: str, other: str, session: WriteSession) -> str:
        self.runs += 1
        add_one(session, one)
        if self.runs <= 2:
            self.meeting.wait(10)
        if not self.caught:
            add_one(session, other)
            return "done"
        try:
            with session.nested():
                add_one(session, other)
        except Exception:
            return "kind words"
        return "done"


@pytest.mark.parametrize("caught", [False, True], ids=["raised", "caught by the handler"])
def test_after_a_deadlock_the_work_runs_again(
    both: tuple[Database, Database], caught: bool
) -> None:
    crossing = Crossing(caught)
    futures = [
        both[0].write("zhang", lambda session, _: crossing.go(FIRST, SECOND, session)),
        both[1].write("wang", lambda session, _: crossing.go(SECOND, FIRST, session)),
    ]
    assert [future.result(20) for future in futures] == ["done", "done"]
    assert crossing.runs > 2
    assert (counted(both[0], FIRST), counted(both[0], SECOND)) == (1002, 2)


def test_work_that_never_gets_through_fails_in_the_end(both: tuple[Database, Database]) -> None:
    runs = []

    def work(session: WriteSession, _: Moment) -> None:
        runs.append(1)
        session.connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"
        )

    error = both[0].write("key", work).exception(20)
    assert error is not None
    assert len(runs) == ATTEMPTS


def test_one_key_is_worked_by_one_replica_at_a_time(both: tuple[Database, Database]) -> None:
    inside, most = [0], [0]

    def work(session: WriteSession, _: Moment) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        session.connection.exec_driver_sql("SELECT pg_sleep(0.002)")
        inside[0] -= 1

    futures = [both[number % 2].write("zhang", work) for number in range(40)]
    for future in futures:
        future.result(20)
    assert most == [1]


def test_different_keys_are_worked_side_by_side(both: tuple[Database, Database]) -> None:
    together = threading.Barrier(2)
    futures = [
        replica.write(key, lambda *_: together.wait(10))
        for replica, key in zip(both, ("zhang", "wang"), strict=True)
    ]
    assert sorted(future.result(20) for future in futures) == [0, 1]


def test_a_lost_connection_fails_one_piece_and_no_other(both: tuple[Database, Database]) -> None:
    database, _ = both

    def cut_off(session: WriteSession, _: Moment) -> None:
        add_one(session, FIRST)
        session.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    error = database.write("key", cut_off).exception(20)
    assert error is not None
    for _i in range(5):
        database.write("key", lambda session, _: add_one(session, FIRST)).result(20)
    assert counted(database, FIRST) == 1005
