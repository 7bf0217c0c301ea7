"""/时限: the clocks of the work method in use; or those of one case, with how they were computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from handlers import cards
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import meant
from handlers.turn import Turn

SHOWN: Final = (
    ("grievance", "ordinary", "village"),
    ("grievance", "ordinary", "township"),
    ("grievance", "urgent", "village"),
    ("grievance", "emergency", "village"),
    ("consultation", "ordinary", "township"),
)


def times(turn: Turn, given: Mapping[str, Any]) -> Reply:
    if given.get("number") is not None:
        return _of_case(turn, given)
    method = turn.book.methods[turn.town.method]
    lines = []
    for kind, urgency, level in SHOWN:
        due = {rule.name: str(rule.due) for rule in method.rules(kind, "", urgency, level)}
        what = "·".join(
            (say(f"word.level.{level}"), say(f"word.kind.{kind}"), say(f"word.urgency.{urgency}"))
        )
        lines.append(say("admin.times_line", what=what, **due))
    return Reply(say("admin.times", name=method.name, lines="\n".join(lines)))


def _of_case(turn: Turn, given: Mapping[str, Any]) -> Reply:
    case = meant(turn, given)
    turn.about = case.number
    return Reply(cards.times(turn, case))
