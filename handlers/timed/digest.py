"""The list of the day 晨单: one letter to each person, with what is due, overdue, not accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from casework.calendar import SHANGHAI
from casework.case import ASSIGNED, BEFORE_ANSWER, Case
from casework.cover import asked
from casework.rights import Actor, Viewer
from casework.town import Staff
from handlers import cards
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases
from storage.record import Letter, post

PEOPLE: Final = 5  # in one slice
SHOWN: Final = 6  # of each sort


def work(occasion: Occasion, slot: datetime, cursor: str | None) -> str | None:
    """The lists of the next few people; days off have none."""
    calendar = occasion.book.calendar
    if not calendar.office.is_open_on(slot.astimezone(SHANGHAI).date(), calendar.is_working):
        return None
    people = sorted(person for person in occasion.town.staff if person > (cursor or ""))
    for person in people[:PEOPLE]:
        text = _text(occasion, occasion.town.staff[person])
        if text:
            post(occasion.session, [_letter(occasion, person, text)], occasion.now, occasion.wall)
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
    local = occasion.now.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = midnight + timedelta(days=1)
    late = [case for case in own if case.promised_at and case.promised_at < occasion.now]
    today = [case for case in own if case.promised_at and occasion.now <= case.promised_at <= ends]
    named = {case.number for case in (*late, *today)}
    waiting = [case for case in own if case.state == ASSIGNED and case.number not in named]
    for sentence, found in (("late", late), ("today", today), ("to_accept", waiting)):
        if found:
            lines = "\n".join(cards.row(occasion, case) for case in found[:SHOWN])
            yield say(f"tell.digest_{sentence}", count=len(found), lines=lines)


def _letter(occasion: Occasion, person: str, text: str) -> Letter:
    return Letter(
        channel="wecom",
        account="",
        recipient=occasion.town.staff[person].userid,
        key=f"{occasion.origin}:{person}",
        text=text,
        importance="ordinary",
        not_before=occasion.world.opening("ordinary"),
    )
