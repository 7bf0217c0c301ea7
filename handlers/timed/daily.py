"""What is looked at once a day."""

from __future__ import annotations

from casework.calendar import SHANGHAI
from casework.rights import THE_SERVICE
from handlers import telling
from handlers.copy import say
from handlers.turn import Occasion
from storage import tasks
from storage.book import Book
from storage.database import Moment
from storage.record import post
from storage.session import WriteSession

NOTICE_EXPECTED = 11  # the State Council's notice of the next year's holidays comes in November


def morning(session: WriteSession, begun: Moment, book: Book) -> None:
    """From November on: is next year's calendar there? If not, an admin hears of it, once."""
    today = begun.now.astimezone(SHANGHAI).date()
    year = today.year + (today.month >= NOTICE_EXPECTED)
    if book.calendar.last.year >= year:
        return
    text = say("task.calendar_missing", year=year)
    if tasks.add(session, f"calendar:{year}", text, begun.now):
        occasion = Occasion(
            actor=THE_SERVICE,
            now=begun.now,
            wall=begun.wall,
            book=book,
            session=session,
            origin=f"calendar:{year}",
        )
        post(session, telling.to_admins(occasion, text, "ordinary"), begun.now, begun.wall)
