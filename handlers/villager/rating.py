"""The villager's opinion 评价, in five steps: it settles the case or sends it up for a decision."""

from __future__ import annotations

import re

from casework.case import ANSWERED, Case
from casework.closing import opinion
from handlers import care, telling
from handlers.acting import NotThat, Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.ratings import STEPS, solved
from handlers.turn import Turn
from handlers.villager.following import mine, own_case


def rate(turn: Turn, found: re.Match[str]) -> Reply:
    """满意 / 不满意 1023 路灯还是不亮."""
    rating = STEPS[found["grade"]]
    number, text = found["number"], found["rest"].strip(" 。.!！")
    return rated(turn, _answered(turn, number, text), rating, text, solved(text))


def rated(turn: Turn, case: Case, rating: int, text: str, is_solved: bool | None) -> Reply:
    """`text`: what is said besides; `is_solved`: None if nothing is said of it."""
    does = opinion(turn.world.method_of(case), case, rating)
    minded = care.sign_of(turn.reading.signals) if text and not case.protected else ""
    said = {"rating": rating, "solved": is_solved, "text": text, "care": minded}
    case = perform(turn, does, case, joined=True, **said)
    return Reply(say(f"villager.rated.{does}", **telling.case_words(case, turn)))


def _answered(turn: Turn, number: str | None, text: str) -> Case:
    """The case that is rated: by number, or the one answered last."""
    if number:
        case = own_case(turn, int(number), None, lock=True)
        if case.state != ANSWERED:
            raise Sorry(say("villager.not_answered", number=case.number))
        return case
    answered = [case for case in mine(turn) if case.state == ANSWERED]
    if not answered:
        if text:
            raise NotThat  # 不满意村里的低保评定: a matter of its own
        raise Sorry(say("villager.nothing_to_rate"))
    latest = max(answered, key=lambda case: case.answered_at or case.opened_at)
    return own_case(turn, latest.number, None, lock=True)
