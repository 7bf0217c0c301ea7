"""What a work method does again and again: meetings, lists, and the month's account brought to zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from casework.case import BEFORE_ANSWER, Case
from casework.cover import asked
from casework.methods.method import Rhythm
from casework.rights import Actor, Viewer
from casework.town import Post, Staff
from handlers import cards, public, telling
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases, rhythm
from storage.record import post

POSTS: Final = 5  # in one slice
SHOWN: Final = 10
ROLES: Final = {
    "handler": ("member", "lead", "county"),  # who handles what has come to that level
    "supervisor": ("lead", "county"),
    "admin": ("admin", "county"),
}


def work(each: Rhythm, occasion: Occasion, slot: datetime, cursor: str | None) -> str | None:
    """Tell the next few posts whom it concerns."""
    posts = sorted(p.id for p in _posts(each, occasion) if p.id > (cursor or ""))
    for identity in posts[:POSTS]:
        for staff in _there(occasion, identity):
            letter = telling.staff_letter(occasion, staff, identity, _text(each, occasion, staff))
            post(occasion.session, [letter], occasion.now, occasion.wall)
    return posts[POSTS - 1] if len(posts) > POSTS else None


def addressed(each: Rhythm, occasion: Occasion) -> list[str]:
    """Whom it concerns: a letter to each."""
    posts = _posts(each, occasion)
    return [staff.id for found in posts for staff in _there(occasion, found.id)]


def _there(occasion: Occasion, identity: str) -> Iterator[Staff]:
    """Who is asked at a post that day."""
    town = occasion.town
    return (town.staff[each] for each in asked(town, town.posts[identity], occasion.now)[:1])


def _posts(each: Rhythm, occasion: Occasion) -> Iterator[Post]:
    """The posts of the audience at the method's levels; the township's is its 受理岗."""
    town, levels = occasion.town, each.level or ("township",)
    roles = [role for audience in each.to for role in ROLES.get(audience, ())]
    for found in town.posts.values():
        unit = town.units.get(found.unit)
        if not found.holders or unit is None or unit.level not in levels:
            continue
        if unit.level == "township" and not unit.department:
            if found.id == town.intake:
                yield found
        elif found.role in roles or (unit.department and "handler" in each.to):
            yield found


def _text(each: Rhythm, occasion: Occasion, staff: Staff) -> str:
    listed = _listed(each, occasion, staff)
    if listed is None:
        return say("tell.rhythm", name=each.name, text=each.text, lines="").rstrip()
    write = public.line if each.do == "publish" else cards.row
    rows = "\n".join(write(occasion, case) for case in listed[:SHOWN])
    lines = say("tell.rhythm_list", count=len(listed), lines=rows).rstrip()
    return say("tell.rhythm", name=each.name, text=each.text, lines=lines).rstrip()


def _listed(each: Rhythm, occasion: Occasion, staff: Staff) -> list[Case] | None:
    """The cases that belong to it; None where it is about no cases."""
    viewer = Viewer(Actor(f"staff:{staff.id}", staff=staff), occasion.town)
    if each.do == "publish":
        return public.waiting(occasion, viewer)
    if each.do not in ("list", "check", "freeze", "countdown", "zero", "report"):
        return None
    found = [
        case
        for case in cases.open_cases(viewer, occasion.session, 200)
        if case.state in BEFORE_ANSWER and not case.protected
    ]
    if each.do in ("countdown", "zero"):  # what was on the list when it was closed
        frozen = _frozen(occasion)
        return [case for case in found if frozen is None or case.opened_at <= frozen]
    if each.do in ("list", "check"):
        return [case for case in found if case.is_late(occasion.now)]
    return found


def _frozen(occasion: Occasion) -> datetime | None:
    method = occasion.book.methods[occasion.town.method]
    closed = [each for each in method.rhythms if each.do == "freeze"]
    return rhythm.last(occasion.session, f"{method.id}:{closed[0].id}") if closed else None
