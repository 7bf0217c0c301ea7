"""Clocks whose time has come."""

from __future__ import annotations

from datetime import datetime

from storage import clocks
from storage.database import Database
from storage.record import post
from tests.storage.town import HOUR, MONDAY, case, file, letter, opened, promise


def due(database: Database, at: datetime, limit: int = 20) -> list[int]:
    with database.reading() as (session, _):
        return clocks.due(session, at, limit)


def next_moment(database: Database, after: datetime = MONDAY) -> datetime | None:
    with database.reading() as (session, _):
        return clocks.next_moment(session, after)


def test_the_earliest_comes_first_and_not_before_its_time(database: Database) -> None:
    file(
        database,
        opened(case(1001), promise("reply", 3), promise("settle", 2)),
        opened(case(1002), promise("reply", 1), promise("settle")),
    )
    assert due(database, MONDAY + 0.5 * HOUR) == []
    assert due(database, MONDAY + HOUR) == [3]
    assert due(database, MONDAY + 9 * HOUR) == [3, 2, 1]
    assert due(database, MONDAY + 9 * HOUR, limit=2) == [3, 2]


def test_a_clock_moves_on_until_nothing_follows(database: Database) -> None:
    file(database, opened(case(1001), promise("reply", 1, 2)))

    def move(step: int | None, at: datetime | None) -> None:
        database.write("sweep", lambda session, _: clocks.move_on(session, 1, step, at)).result(10)

    with database.reading() as (session, _):
        clock = clocks.running(session, 1)
        assert clock is not None
        assert (clock.next_step, len(clock.steps)) == (0, 2)
    move(1, MONDAY + 2 * HOUR)
    assert due(database, MONDAY + HOUR) == []
    assert due(database, MONDAY + 2 * HOUR) == [1]
    move(None, None)
    assert due(database, MONDAY + 99 * HOUR) == []
    with database.reading() as (session, _):
        assert clocks.running(session, 1) is None
        assert clocks.running(session, 99) is None


def test_a_clock_that_fails_holds_up_no_other(database: Database) -> None:
    file(database, opened(case(1001), promise("reply", 1), promise("settle", 2)))
    later = MONDAY + 5 * HOUR
    database.write("sweep", lambda session, _: clocks.postpone(session, 1, later)).result(10)
    assert due(database, MONDAY + 2 * HOUR) == [2]
    assert due(database, later) == [2, 1]


def test_the_next_moment_is_a_step_or_a_letter_in_the_morning(database: Database) -> None:
    assert next_moment(database) is None
    morning = letter("morning", not_before=MONDAY + 2 * HOUR)
    database.write(
        "key", lambda session, _: post(session, [morning, letter("now")], MONDAY, MONDAY)
    ).result(10)
    assert next_moment(database) == MONDAY + 2 * HOUR
    file(database, opened(case(1001), promise("reply", 1)))
    assert next_moment(database) == MONDAY + HOUR
    assert next_moment(database, MONDAY + 2 * HOUR) == MONDAY + HOUR  # it is overdue
