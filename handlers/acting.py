"""Doing something with a case: may it be done, what follows, who hears of it, and the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.actions import Refused, may
from casework.case import WAITING, Case
from casework.lifecycle import decide
from casework.limits import beyond
from casework.recusal import away, free
from casework.rights import standing
from casework.routing import answering
from handlers import panels, telling
from handlers.copy import say
from handlers.turn import Occasion, Turn
from storage import clocks, joint, orders
from storage.record import record


class Sorry(Exception):
    """It cannot be done; the message is what the person reads. Nothing was written."""


class Ask(Sorry):
    """One thing is missing or can mean several: the person's next word answers for `argument`.
    `suggestion` is what a plain 是 stands for, `instead` the word that was not understood."""

    def __init__(
        self, question: str, argument: str, suggestion: str = "", instead: str = ""
    ) -> None:
        super().__init__(question)
        self.argument = argument
        self.suggestion = suggestion
        self.instead = instead


class Confirm(Exception):
    """It can be done, and is shown first; a 确认 does it. The message is what the person reads."""


class NotThat(Exception):
    """It looked like one thing a person can want, but is another: what comes next is tried."""


def perform(
    occasion: Occasion, name: str, case: Case, *, joined: bool = False, **given: Any
) -> Case:
    """Do `name` (a key of `ACTIONS`) to a case that was taken for it, and tell who has to hear.

    Returns the case afterwards. Raises Sorry with the reason where it may not be done.
    """
    given = allowed(occasion, name, case, joined=joined, **given)
    decision = decide(occasion.world, name, occasion.actor, case, **given)
    record(
        occasion.session,
        decision,
        telling.letters(occasion, decision),
        occasion.now,
        occasion.wall,
        occasion.message,
    )
    if decision.case.merged_into is not None:
        orders.follow(occasion.session, case.number, decision.case.merged_into)
    panels.follow(occasion, decision.case)
    if isinstance(occasion, Turn):
        occasion.about = case.number
        occasion.acted.append(case.number)
    return decision.case


def allowed(
    occasion: Occasion, name: str, case: Case, *, joined: bool = False, **given: Any
) -> dict[str, Any]:
    """What is given, with all that a decision has to know besides. Raises Sorry with the reason
    where it may not be done."""
    who = standing(occasion.actor, case, occasion.town, joined)
    method = occasion.world.method_of(case)
    given = _with_calls(occasion, name, case, given)
    more = {**given, "kept_away": kept_away(occasion, case, given)}
    refused = may(name, case, who, more, method)
    if refused is None:
        given = _with_clocks(occasion, name, case, given)
        refused = beyond(occasion.world, name, case, who, given)
    if refused is not None:
        raise Sorry(reason(refused, case, occasion))
    return given


def possible(occasion: Occasion, name: str, case: Case) -> None:
    """Raises Sorry where it could not be done whatever is given, before anything is asked for."""
    refused = may(name, case, standing(occasion.actor, case, occasion.town))
    if refused is not None:
        raise Sorry(reason(refused, case, occasion))


def kept_away(occasion: Occasion, case: Case, given: Mapping[str, Any]) -> bool:
    """True if it would go to somebody who has to stay away from the case."""
    post, people = given.get("post"), away(case)
    return bool(people and post) and not free(answering(occasion.town, str(post)), people)


# what has to do with clocks that run already
_CLOCKS: Final = frozenset({"ask", "suspend", "hear", "extend", "request_extension"})


def _with_clocks(
    occasion: Occasion, name: str, case: Case, given: dict[str, Any]
) -> dict[str, Any]:
    if name not in _CLOCKS and case.state != WAITING:
        return given
    return {"clocks": clocks.of_case(occasion.session, case.number), **given}


# what is done jointly 联办
_JOINT: Final = frozenset(
    {"summon", "wish", "sign_in", "feedback", "overrule", "appraise", "disband"}
)


def _with_calls(occasion: Occasion, name: str, case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """With what is open on the case, and the posts in whose name something is said."""
    if name not in _JOINT and not case.called:
        return given
    staff = occasion.actor.staff
    hands = staff.hands if staff is not None else ()
    return {"calls": joint.of_case(case, occasion.session), "hands": hands, **given}


def reason(refused: Refused, case: Case, occasion: Occasion) -> str:
    """A refusal in plain words."""
    if refused.code in ("unseen", "rights") and occasion.actor.staff is not None:
        return say("refused.elsewhere", **telling.case_words(case, occasion))
    detail = refused.detail
    if refused.code in ("state", "closed"):
        detail = say(f"word.state.{detail}")
    if refused.code == "missing":
        detail = say(f"refused.need.{detail}")
    return say(f"refused.{refused.code}", number=case.number, detail=detail)
