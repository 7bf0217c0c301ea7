"""The working days 工作日 as rows: seeded from the State Council's notices, open to corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from casework.calendar import Calendar, shipped_days
from casework.office import USUAL, Office
from storage.session import ReadSession, WriteSession
from storage.town import CalendarDay, touch

FIRST_YEAR = 2024
SHIPPED = "国务院办公厅放假通知"

D: Any = CalendarDay.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    working: bool
    name: str


def calendar(session: ReadSession, office: Office = USUAL) -> Calendar:
    days = session.connection.execute(sa.select(D.day, D.working))
    return Calendar.of(((day, working) for day, working in days), office)


def seed(session: WriteSession) -> int:
    """Add the shipped days that are missing; says how many. What a town has changed stays."""
    known = set(session.all(select(col(CalendarDay.day))))
    missing = [day for day in _shipped() if day.day not in known]
    if missing:
        put(session, missing, by=SHIPPED)
    return len(missing)


def put(session: WriteSession, days: Sequence[Day], *, by: str) -> None:
    """Write days as somebody says they are; the book has changed."""
    rows = [
        {"day": each.day, "working": each.working, "name": each.name, "source": by} for each in days
    ]
    new = insert(CalendarDay)
    changed = {name: new.excluded[name] for name in ("working", "name", "source")}
    # one statement for each day: one for all of them takes longer to put together than to run
    session.connection.execute(
        new.on_conflict_do_update(index_elements=["day"], set_=changed), rows
    )
    touch(session)


def restore(session: WriteSession, first: date, last: date, known: Calendar, *, by: str) -> int:
    """Take back what was changed of these days; says how many there were. A day of a year that the
    town itself has made certain stays `known`, as its weekday has it."""
    asked = select(col(CalendarDay.day), col(CalendarDay.working), col(CalendarDay.name))
    rows = session.all(asked.where(D.day >= first, D.day <= last, D.source != SHIPPED))
    shipped = {each.day: each for each in _shipped() if first <= each.day <= last}
    usual = {
        day: Day(day, day.weekday() < 5, "")
        for day, _, _ in rows
        if day not in shipped and known.is_certain(day, day)
    }
    changed = [Day(*row) for row in rows if Day(*row) != usual.get(row[0])]
    if not changed:
        return 0
    session.execute(sa.delete(CalendarDay).where(D.day.in_([each.day for each in changed])))
    for source, days in ((SHIPPED, shipped), (by, usual)):
        back = [days[each.day] for each in changed if each.day in days]
        if back:
            put(session, back, by=source)
    touch(session)
    return len(changed)


def complete(session: WriteSession, year: int, *, by: str) -> int:
    """Fill the days of a year that nobody has entered, Monday to Friday; says how many were there. A
    year of which nothing is entered stays as it is."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    known = set(session.all(select(col(CalendarDay.day)).where(D.day >= first, D.day <= last)))
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    if known:
        missing = [Day(day, day.weekday() < 5, "") for day in every if day not in known]
        put(session, missing, by=by)
    return len(known)


def special(session: ReadSession, first: date, last: date) -> list[Day]:
    """What is not as the weekday has it, or has a name."""
    rows = session.all(
        select(CalendarDay).where(D.day >= first, D.day <= last).order_by(col(CalendarDay.day))
    )
    return [
        Day(row.day, row.working, row.name)
        for row in rows
        if row.working != (row.day.weekday() < 5) or row.name
    ]


def _shipped() -> list[Day]:
    return [Day(*each) for each in shipped_days(FIRST_YEAR, FIRST_YEAR + 50)]
