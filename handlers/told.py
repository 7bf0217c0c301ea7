"""How and when the villager learned each thing, as staff read it with the case."""

from __future__ import annotations

from casework.case import Case
from handlers import wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import reach

SHOWN = 4


def told(occasion: Occasion, case: Case) -> str:
    """Of each letter what came of it last, but for what there is no need to tell any more."""
    last: dict[int, str] = {}
    for delivery, letter in reach.of_case(occasion.viewer, occasion.session, case.number):
        last.pop(delivery.letter, None)
        if letter.state == "overtaken":
            continue
        last[delivery.letter] = say(
            "card.told_line",
            at=wording.when(delivery.at, occasion.now),
            rung=say(f"word.rung.{delivery.rung}"),
            outcome=say(f"word.told.{delivery.outcome}"),
            text=wording.short(letter.text, 24),
        )
    lines = "\n".join(list(last.values())[-SHOWN:])
    return say("card.told", lines=lines) if lines else ""
