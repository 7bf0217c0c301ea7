"""The working days 工作日 as rows: seeded from the State Council's notices, open to corrections."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from casework.calendar import Calendar, shipped_days
from casework.office import USUAL, Office
from storage.session import ReadSession, WriteSession
from storage.town import CalendarDay, touch

FIRST_YEAR = 2024
SHIPPED = "国务院办公厅放假通知"


def calendar(session: ReadSession, office: Office = USUAL) -> Calendar:
    days = session.all(select(col(CalendarDay.day), col(CalendarDay.working)))
    return Calendar.of(((day, working) for day, working in days), office)


def seed(session: WriteSession) -> int:
    """Add the shipped days that are missing; says how many. What a town has changed stays."""
    known = set(session.all(select(col(CalendarDay.day))))
    missing = [
        {"day": day, "working": working, "name": name, "source": SHIPPED}
        for day, working, name in shipped_days(FIRST_YEAR, FIRST_YEAR + 50)
        if day not in known
    ]
    if missing:
        session.execute(sa.insert(CalendarDay).values(missing))
        touch(session)
    return len(missing)
