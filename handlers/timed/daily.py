"""What the service looks at by itself, once a day or a quarter."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from casework.calendar import SHANGHAI, Calendar
from casework.clocks import reckoned
from casework.rights import THE_SERVICE
from handlers import calls, telling, wording
from handlers.copy import say
from handlers.tasks import ask_admins
from handlers.turn import Occasion
from storage import clocks, limits, tasks
from storage.record import post
from storage.session import WriteSession
from storage.town import put

NOTICE_EXPECTED = 11  # the State Council's notice of the next year's holidays comes in November
SLICE = 20
SOON = timedelta(days=14)  # before it is told no more, an answer wants to be looked at


def calendar(occasion: Occasion, _slot: datetime, _cursor: str | None) -> None:
    """From November on: is next year's calendar there? If not, an admin hears of it, once a month."""
    today = occasion.today
    year = today.year + (today.month >= NOTICE_EXPECTED)
    if occasion.book.calendar.last_year >= year:
        return
    text = say("task.calendar_missing", year=year)
    ask_admins(occasion, f"calendar:{year}:{today:%Y-%m}", text, "ordinary")


def counts(occasion: Occasion, _slot: datetime, _cursor: str | None) -> None:
    """How much was sent to whom is known as long as it counts, and no longer."""
    limits.forget(occasion.session, occasion.wall)


def answers(occasion: Occasion, _slot: datetime, _cursor: str | None) -> None:
    """Which answers are told no more, or soon: an admin hears of each once, before and after."""
    today, told = occasion.today, list[str]()
    for answer in occasion.town.answers.values():
        until = answer.valid_until
        if until is None or answer.stopped or until > today + SOON:
            continue
        what = "answer_expired" if answer.expired(today) else "answer_expires"
        text = say(f"task.{what}", answer=answer.name, day=until.isoformat())
        if tasks.add(occasion.session, f"{what}:{answer.id}:{until}", text, occasion.now):
            told.append(text)
    if told:
        letters = telling.to_admins(occasion, "\n".join(told), "ordinary")
        post(occasion.session, letters, occasion.now, occasion.wall)


def leaves(occasion: Occasion, _slot: datetime, _cursor: str | None) -> None:
    """Who is back from leave needs nobody to stand in any more."""
    for person, row in occasion.book.entries.get("leave", {}).items():
        if date.fromisoformat(row["last"]) < occasion.today:
            put(
                occasion.session, "leave", person, None,
                source="chat", by=THE_SERVICE.label, now=occasion.now,
            )  # fmt: skip


def ratings(occasion: Occasion, slot: datetime, _cursor: str | None) -> None:
    """下评上: how those who were called in the last quarter came, and how they were rated."""
    until = slot.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    since = (until - timedelta(days=80)).replace(day=1)
    lines = calls.ratings(occasion, since, until)
    if lines:
        first, last = wording.day(since.date()), wording.day((until - timedelta(days=1)).date())
        text = say("joint.ratings_quarter", first=first, last=last, lines=lines)
        letters = telling.to_admins(occasion, text, "ordinary")
        post(occasion.session, letters, occasion.now, occasion.wall)


def reckon(session: WriteSession, calendar: Calendar, after: int) -> int | None:
    """A slice of the provisional times, reckoned anew with what is known now; the id from which to
    go on, None at the end."""
    found = clocks.provisional(session, after, SLICE)
    for identity in found:
        clock = clocks.find(session, identity)
        if clock is not None and (known := reckoned(clock, calendar)) != clock:
            clocks.change(session, known)
            clocks.promise_anew(session, known)
    return found[-1] if len(found) == SLICE else None
