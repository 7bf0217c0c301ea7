"""The list of the day 晨单: one letter to each person, with what is due, overdue, not accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from casework.calendar import SHANGHAI
from casework.case import ASSIGNED, BEFORE_ANSWER, Case
from casework.cover import asked
from casework.rights import Actor, Viewer
from casework.town import Staff
from handlers import cards, telling
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases
from storage.record import post

PEOPLE: Final = 5  # in one slice
SHOWN: Final = 6  # of each sort


def work(occasion: Occasion, slot: datetime, cursor: str | None) -> str | None:
    """The lists of the next few people; days off have none."""
    if not occasion.book.calendar.is_open(slot.astimezone(SHANGHAI).date()):
        return None
    people = sorted(person for person in occasion.town.staff if person > (cursor or ""))
    for person in people[:PEOPLE]:
        staff = occasion.town.staff[person]
        text = _text(occasion, staff)
        if text:
            letter = telling.staff_letter(occasion, staff, person, text)
            post(occasion.session, [letter], occasion.now, occasion.wall)
    return people[PEOPLE - 1] if len(people) > PEOPLE else None


def _text(occasion: Occasion, staff: Staff) -> str:
    """Empty where nothing is to be done today."""
    town, viewer = occasion.town, Viewer(Actor(f"staff:{staff.id}", staff=staff), occasion.town)
    posts = [
        post
        for post in staff.hands
        if post in town.posts and asked(town, town.posts[post], occasion.now)[:1] == (staff.id,)
    ]
    if not posts:
        return ""
    own = [
        case
        for case in cases.led_by(viewer, occasion.session, posts)
        if case.state in BEFORE_ANSWER
    ]
    parts = "\n".join(_parts(occasion, own))
    return say("tell.digest", name=staff.name, parts=parts) if parts else ""


def _parts(occasion: Occasion, own: list[Case]) -> Iterator[str]:
    for sentence, found in of_the_day(own, occasion.now).items():
        if found:
            lines = "\n".join(cards.row(occasion, case) for case in found[:SHOWN])
            yield say(f"tell.digest_{sentence}", count=len(found), lines=lines)


def of_the_day(found: Iterable[Case], now: datetime) -> dict[str, list[Case]]:
    """What is overdue, what is due today, and of the rest what nobody has accepted."""
    local = now.astimezone(SHANGHAI)
    ends = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    day: dict[str, list[Case]] = {"late": [], "today": [], "to_accept": []}
    for case in found:
        if case.is_late(now):
            day["late"].append(case)
        elif case.promised_at is not None and case.promised_at <= ends:
            day["today"].append(case)
        elif case.state == ASSIGNED:
            day["to_accept"].append(case)
    return day
