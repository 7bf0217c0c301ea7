"""The same matter again: one's own is urged, not filed twice; somebody else's can be joined."""

from __future__ import annotations

import re

from casework.case import BEFORE_ANSWER, OPEN, Case
from casework.rights import THE_SERVICE, Viewer
from handlers.acting import NotThat, Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.timed.alike import chain, is_comparable, signature_of
from handlers.turn import Turn
from handlers.understood import sure_place
from handlers.villager import following
from handlers.villager.continuing import said_before
from nlp.duplicates import ENOUGH, likeness, signature
from nlp.reading import URGENCIES, Reading
from storage import alike, cases


def same_of(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The villager's own open case about this very matter. Whatever is more urgent than it was is
    a matter of its own."""
    if reading.kind in ("consultation", "other") or len(reading.parts) > 1:
        return None
    fit = [case for case in own if _may_be(case, reading)]
    named = sure_place(turn, reading) if fit else None
    for case in fit:
        theirs = signature_of(case, turn.town)
        place = chain(turn.town, named.unit) if named is not None else theirs.place
        if likeness(signature(reading.text, reading.topic, place), theirs) >= ENOUGH:
            return case
    return said_before(own, reading)


def _may_be(case: Case, reading: Reading) -> bool:
    return (
        case.state in BEFORE_ANSWER
        and not case.protected
        and case.kind == reading.kind
        and case.topic == reading.topic
        and URGENCIES.index(reading.urgency) <= URGENCIES.index(case.urgency)
    )


def join(turn: Turn, found: re.Match[str]) -> Reply:
    """合并1002: one's own case goes into the earlier one that it was said to be the same as."""
    own = [c for c in following.mine(turn) if c.state in OPEN and c.villager == turn.person.id]
    if found["number"]:
        own = [case for case in own if case.number == int(found["number"])]
    service = Viewer(THE_SERVICE, turn.town)
    for case in own:
        first = alike.first_of(service, turn.session, case.number)
        if first is None or not is_comparable(first) or not is_comparable(case):
            continue
        target = cases.take(service, turn.session, first.number)
        mine = following.own_case(turn, case.number, None, lock=True)
        if target is None:
            continue
        perform(turn, "merge", mine, target=target)
        perform(turn, "join", target, joined=True, villagers=[turn.person.id])
        return Reply(say("villager.joined", number=mine.number, into=target.number))
    if not found["number"]:
        raise NotThat  # 合并…: words like all others
    raise Sorry(say("villager.nothing_to_join", number=found["number"]))
