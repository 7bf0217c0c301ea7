"""What a member of staff looks at: 待办, 查."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.case import BEFORE_ANSWER
from handlers import cards
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import audit, cases

SHOWN = 12


def todo(turn: Turn, _: Mapping[str, Any]) -> Reply:
    """待办: what is in the speaker's hands, the most urgent first."""
    own = cases.led_by(turn.viewer, turn.session, turn.staff.posts)
    waiting = [case for case in own if case.state in BEFORE_ANSWER or case.disputed]
    if not waiting:
        return Reply(say("staff.nothing_to_do"))
    lines = [cards.row(turn, case) for case in waiting[:SHOWN]]
    more = say("staff.more", count=len(waiting) - SHOWN) if len(waiting) > SHOWN else ""
    return Reply(say("staff.todo", count=len(waiting), lines="\n".join(lines)) + more)


def look(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """查 1023. Each look at a protected case is recorded."""
    number = given.get("number")
    if number is None:
        return todo(turn, given)
    case = cases.find(turn.viewer, turn.session, number)
    if case is None:
        raise Sorry(say("refused.unseen_staff", number=number))
    turn.about = case.number
    if case.protected:
        audit.write(
            turn.session,
            actor=turn.actor.label,
            act="look",
            target=str(case.number),
            detail="",
            now=turn.now,
        )
    return Reply(cards.for_staff(turn, case))
