"""What happens once in a cluster: a periodic job's turn, a task, the calendar's first days."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlmodel import select

from storage import audit, calendar, tasks
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.town import CalendarDay, TownState
from tests.storage.town import MONDAY


def test_a_job_is_run_by_one_process_in_each_slot(database: Database, replica: Database) -> None:
    def turn(slot: str, key: str, where: Database) -> bool:
        return where.write(
            key, lambda session, _: audit.take_turn(session, "daily", slot, MONDAY)
        ).result(10)

    monday = [
        where.write(f"{n}", lambda session, _: audit.take_turn(session, "daily", "03-02", MONDAY))
        for n, where in enumerate((database, replica) * 10)
    ]
    assert sorted(future.result(10) for future in monday) == [False] * 19 + [True]
    assert turn("03-03", "x", replica) is True
    assert turn("03-03", "y", database) is False


def test_a_task_is_added_once(database: Database, replica: Database) -> None:
    futures = [
        where.write(f"{n}", lambda session, _: tasks.add(session, "letter:7", "打电话", MONDAY))
        for n, where in enumerate((database, replica) * 5)
    ]
    assert sorted(future.result(10) for future in futures) == [False] * 9 + [True]


def test_a_task_is_there_until_it_is_done(database: Database) -> None:
    def work(session: WriteSession, begun: Moment) -> list[bool]:
        for number in range(3):
            tasks.add(session, f"k{number}", f"t{number}", MONDAY, 1001 + number)
        (first, *_) = tasks.undone(session)
        return [tasks.done(session, first.id or 0, MONDAY), tasks.done(session, 99, MONDAY)]

    assert database.write("key", work).result(10) == [True, False]
    with database.reading() as (session, _):
        assert [(task.text, task.case_number) for task in tasks.undone(session)] == [
            ("t1", 1002),
            ("t2", 1003),
        ]
        assert len(tasks.undone(session, limit=1)) == 1


def test_the_calendar_is_there_and_a_town_s_change_stays(database: Database) -> None:
    def change(session: WriteSession, _: Moment) -> int:
        session.execute(
            sa.update(CalendarDay)
            .where(CalendarDay.day == date(2026, 3, 2))  # type: ignore[arg-type]
            .values(working=False, name="赶场", source="chat")
        )
        session.execute(
            sa.delete(CalendarDay).where(CalendarDay.day == date(2026, 3, 3))  # type: ignore[arg-type]
        )
        return calendar.seed(session)

    with database.reading() as (session, begun):
        seeded = calendar.calendar(session)
    assert seeded.is_working(date(2026, 3, 2))
    assert not seeded.is_working(date(2026, 10, 1))
    assert seeded.is_working(date(2025, 9, 28))  # 国庆节调休
    assert seeded.first == date(2024, 1, 1)

    assert database.write("calendar", change).result(10) == 1
    with database.reading() as (session, after):
        changed = calendar.calendar(session)
    assert not changed.is_working(date(2026, 3, 2))
    assert changed.is_working(date(2026, 3, 3))
    assert after.revision == begun.revision + 1


def test_a_seed_with_nothing_new_does_not_touch_the_book(database: Database) -> None:
    assert database.write("calendar", lambda session, _: calendar.seed(session)).result(10) == 0
    with database.reading() as (session, begun):
        assert session.first(select(TownState.revision)) == begun.revision == 2
