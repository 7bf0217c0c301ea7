"""Clocks whose time has come."""

from __future__ import annotations

import threading
from datetime import datetime

from casework.calendar import Calendar
from casework.case import Decision, Event
from casework.clocks import Clock, pause, resume
from casework.duration import Duration
from storage import clocks
from storage.database import Database, Moment
from storage.record import post
from storage.session import WriteSession
from tests.storage.town import HOUR, MONDAY, case, file, letter, opened, promise


def due(database: Database, at: datetime, limit: int = 20) -> list[int]:
    return database.write("due", lambda session, _: clocks.due(session, at, limit)).result(10)


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
        clock = clocks.find(session, 1)
        assert clock is not None
        assert (clock.next_step, len(clock.steps)) == (0, 2)
    move(1, MONDAY + 2 * HOUR)
    assert due(database, MONDAY + HOUR) == []
    assert due(database, MONDAY + 2 * HOUR) == [1]
    move(None, None)
    assert due(database, MONDAY + 99 * HOUR) == []
    with database.reading() as (session, _):
        assert clocks.find(session, 1) is None
        assert clocks.find(session, 99) is None


def test_a_clock_that_fails_holds_up_no_other(database: Database) -> None:
    file(database, opened(case(1001), promise("reply", 1), promise("settle", 2)))
    later = MONDAY + 5 * HOUR
    database.write("sweep", lambda session, _: clocks.postpone(session, 1, later)).result(10)
    assert due(database, MONDAY + 2 * HOUR) == [2]
    assert due(database, later) == [2, 1]


def test_a_clock_stands_still_and_goes_on(database: Database) -> None:
    file(database, opened(case(1001), promise("reply", 1, 2)))
    calendar = Calendar.of([])

    def stand_still(session: WriteSession, _: Moment) -> Clock:
        (running,) = clocks.of_case(session, 1001)
        paused = pause(running, "villager", MONDAY, Duration(3, "d"), calendar)
        assert paused is not None
        clocks.change(session, paused)
        return paused

    paused = database.write("still", stand_still).result(10)
    assert due(database, MONDAY + 71 * HOUR) == []
    assert due(database, MONDAY + 72 * HOUR) == [1]
    with database.reading() as (session, _):
        assert clocks.find(session, 1) == paused
    going = resume(paused, MONDAY + 72 * HOUR, calendar)
    database.write("on", lambda session, _: clocks.change(session, going)).result(10)
    with database.reading() as (session, _):
        assert clocks.find(session, 1) == going
    assert due(database, going.steps[0].at) == [1]


def test_what_has_stopped_does_not_go_on(database: Database) -> None:
    file(database, opened(case(1001), promise("reply", 1)))
    with database.reading() as (session, _):
        (running,) = clocks.of_case(session, 1001)
    file(database, Decision("close", case(1001), case(1001), (Event("close", "x"),), stop=("*",)))
    database.write("on", lambda session, _: clocks.change(session, running)).result(10)
    with database.reading() as (session, _):
        assert clocks.of_case(session, 1001) == []
    assert due(database, MONDAY + 99 * HOUR) == []


def test_replicas_share_what_is_due(database: Database, replica: Database) -> None:
    """On PostgreSQL each takes what the other has not taken; on SQLite one writes at a time."""
    file(database, *(opened(case(1000 + n), promise("reply", 1)) for n in range(6)))
    taken, let_go = threading.Event(), threading.Event()

    def first(session: WriteSession, _: Moment) -> list[int]:
        found = clocks.due(session, MONDAY + HOUR, 4)
        taken.set()
        let_go.wait(10)
        for clock in found:
            clocks.move_on(session, clock, None, None)
        return found

    one = database.write("sweep:a", first)
    assert taken.wait(10)
    if database.sqlite:
        let_go.set()
        one.result(10)
    other = replica.write("sweep:b", lambda s, _: clocks.due(s, MONDAY + HOUR, 4)).result(10)
    let_go.set()
    assert one.result(10) == [1, 2, 3, 4]
    assert other == [5, 6]


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
