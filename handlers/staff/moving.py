"""Responsibility moves, or time stands still: 授权 退单 退回 不退 挂账 听证 续办."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from casework.calendar import SHANGHAI
from casework.case import Case
from handlers import wording
from handlers.acting import perform
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import CONSENT, done, meant
from handlers.turn import Turn
from storage import cases

Given = Mapping[str, Any]
MORNING: Final = time(9)  # when one looks at something on its day


def delegate(turn: Turn, given: Given) -> Reply:
    """授权 1023 李守田 要求: somebody below does it, in the giver's name."""
    case = meant(turn, given, "delegate")
    case = perform(turn, "delegate", case, post=given["post"].id, text=given["text"])
    return done(turn, "delegated", case)


def ask_back(turn: Turn, given: Given) -> Reply:
    """退单 1023 理由: it is not ours; whoever gave it agrees, unless the method asks nobody."""
    case = meant(turn, given, "ask_back")
    history = [(each.kind, each.at) for each in cases.events_of(case, turn.session)]
    case = perform(turn, "ask_back", case, reason=given["reason"], history=history)
    return done(turn, "back_asked", case)


def hand_back(turn: Turn, given: Given) -> Reply:
    """退回 1023 理由: from above; or 退回 1023 同意: a 退单 is agreed to."""
    case, reason = meant(turn, given, "hand_back"), given["reason"]
    asked = wish(turn, case)
    reason = asked or reason if reason.strip(" 。.!！") in CONSENT else reason
    case = perform(turn, "hand_back", case, reason=reason, asked=bool(asked))
    return done(turn, "handed_back", case)


def designate(turn: Turn, given: Given) -> Reply:
    """不退 1023 理由: it stays where it is, and is not asked for again."""
    case = perform(turn, "designate", meant(turn, given, "designate"), reason=given["reason"])
    return done(turn, "designated", case)


def suspend(turn: Turn, given: Given) -> Reply:
    """挂账 1023 5月1日 理由: nothing can be done now; somebody looks again on that day."""
    return _stand_still(turn, given, "suspend", "suspended")


def hear(turn: Turn, given: Given) -> Reply:
    """听证 1023 3月20日 理由: the time of a hearing does not count."""
    return _stand_still(turn, given, "hear", "heard")


def resume(turn: Turn, given: Given) -> Reply:
    """续办 1023: what was waited for has come."""
    case = meant(turn, given, "resume")
    case = perform(turn, "resume", case, text=say("word.over.decided"))
    return done(turn, "resumed", case)


def _stand_still(turn: Turn, given: Given, name: str, sentence: str) -> Reply:
    day: date = given["day"]
    until = datetime.combine(day, MORNING, SHANGHAI)
    case = perform(turn, name, meant(turn, given, name), until=until, reason=given["reason"])
    return Reply(say(f"staff.{sentence}", number=case.number, day=wording.day(day)))


def wish(turn: Turn, case: Case) -> str:
    """Why the handler wants to give the case back, if that is still open."""
    history = cases.events_of(case, turn.session)
    since = [n for n, each in enumerate(history) if each.kind in ("transfer", "assign", "delegate")]
    asked = [each.text for each in history[max(since, default=0) :] if each.kind == "ask_back"]
    return asked[-1] if asked else ""
