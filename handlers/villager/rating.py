"""The villager's opinion 评价, in five steps: it settles the case or sends it up for a decision."""

from __future__ import annotations

import re

from casework.case import ANSWERED, Case
from handlers.acting import NotThat, Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.ratings import STEPS, solved
from handlers.turn import Turn
from handlers.villager import following, sealed, speaking
from handlers.villager.following import mine, own_case


def rate(turn: Turn, found: re.Match[str]) -> Reply:
    """满意 / 不满意 1023 路灯还是不亮. What must be read by others than who handled it is a matter of its own:
    不满意，村主任收了我两百块."""
    rating = STEPS[found["grade"]]
    number, why = found["number"], found["why"].strip(" 。.!！")
    case = _answered(turn, number, why)
    if not sealed.never_in_passing(turn, why):
        return following.rated(turn, case, rating, why, solved(why))
    said = following.rated(turn, case, rating, "", None)
    turn.hear(why)
    return Reply(f"{speaking.speak(turn).text}\n{said.text}")


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
