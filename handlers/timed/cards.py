"""Cards 黄牌红牌 add up: so many within a time bring what the method says."""

from __future__ import annotations

from casework.case import Case, Event
from casework.duration import back
from casework.lifecycle import carded
from casework.methods.method import Consequence
from casework.rights import THE_SERVICE
from handlers import telling, wording
from handlers.acting import perform
from handlers.copy import say
from handlers.turn import Occasion
from storage import cards, cases
from storage.record import note, post, record


def follow(occasion: Occasion, case: Case, card: str, key: str, of: str | None = None) -> None:
    """A card was just given to the post that led `case`, or `of` one that was called to it: is this
    one too many?"""
    post = of or case.lead_post
    for each in occasion.world.method_of(case).consequences:
        if each.card != card:
            continue
        since = back(occasion.now, each.within, occasion.book.calendar)
        count = cards.count(occasion.session, post, card, since)
        if each.comes_with(count):
            _bring(occasion, case, post, each, count, f"{key}:{each.do}")


def _bring(
    occasion: Occasion, case: Case, of: str, each: Consequence, count: int, key: str
) -> None:
    now = cases.take(occasion.viewer, occasion.session, case.number)
    if now is None or not now.open:
        return
    who = wording.post_name(occasion.town, of)
    text = say("tell.too_many", post=who, count=count, card=say(f"word.card.{each.card}"))
    if each.do == "red":
        decision = carded(occasion.world, now, "", "red", key, of)
        record(occasion.session, decision, (), occasion.now, occasion.wall)
    elif each.do == "supervise":
        perform(occasion, "supervise", now, key=key, text=text, person=of)
        return
    note(
        occasion.session,
        case.number,
        Event("list", THE_SERVICE.label, text, key=f"{key}:list"),
        occasion.now,
    )
    letters = list(telling.to_post(occasion, now, of, "note", {"text": text}, "urgent"))
    letters += telling.to_admins(occasion, text)
    post(occasion.session, letters, occasion.now, occasion.wall, case.number)
