"""A handler asks, whoever stands above decides: 同意, 不同意. So much longer 延期, or to give the case back 退单."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.actions import REQUESTS, may
from casework.case import Case
from casework.duration import Duration
from casework.rights import standing
from handlers import arguments
from handlers.acting import Sorry, perform
from handlers.commands import Command, Said, called
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import moving, work
from handlers.turn import Turn
from storage import cases

Given = Mapping[str, Any]
Request = tuple[Case, str, str]  # the case, what is asked for (the event's kind), and why
AGREED: Final = "同意"
REFUSED: Final = "不同意"
_CALLED: Final[Mapping[str, str]] = {"request_extension": "延期", "ask_back": "退单"}
_AROUND: Final = re.compile(
    "延期|退单|^[了吧啊呀]+$|(?:只|最多|但|就|再)*(?:给|延)?(?:他|她)?(?=[到至\\d一二两三四五六七八九十半])"
)
_MARKS: Final = " ，,。.!！、"


def requests(turn: Turn) -> list[Request]:
    """What waits for the speaker's word."""
    return [
        (case, kind, why)
        for case, kind, why in cases.asked_for(turn.viewer, turn.session)
        if may(REQUESTS[kind], case, standing(turn.actor, case, turn.town)) is None
    ]


def agree(turn: Turn, given: Given) -> Reply:
    """同意 1023: what was asked for; 同意 1023 延期2天: longer, but so much."""
    text = _AROUND.sub("", given.get("text", "")).strip(_MARKS)
    case, kind = _asked(turn, given)
    longer, rest = arguments.deadline(text, turn) if text else (None, "")
    if rest.strip(_MARKS) or (text and kind == "ask_back"):
        raise Sorry(say("staff.agree_unclear", number=case.number, words=given["text"]))
    if kind == "ask_back":
        return moving.hand_back(turn, {"number": case.number, "reason": AGREED})
    taken = work.meant(turn, {"number": case.number}, "extend")
    return work.prolong(turn, taken, {"duration": longer or _wanted(turn, case), "reason": AGREED})


def decision(
    turn: Turn, name: str, known: Sequence[Command], number: int | None = None, why: str = ""
) -> Said | None:
    """可以, 不行: to the only request that waits for the speaker's word, or that of the case named."""
    command = called(name, known)
    found = [case.number for case, _, _ in requests(turn) if number in (None, case.number)]
    if command is None or len(found) != 1:
        return None
    return Said(command, f"{found[0]} {why.strip(_MARKS)}".strip(), slash=True)


def refuse(turn: Turn, given: Given) -> Reply:
    """不同意 1023 理由: the promise holds; or the case stays where it is 指定."""
    case, kind = _asked(turn, given)
    more = {"number": case.number, "reason": given["reason"]}
    if kind == "ask_back":
        return moving.designate(turn, more)
    case = perform(turn, "decline", work.meant(turn, more, "decline"), reason=given["reason"])
    return work.done(turn, "declined", case)


def _asked(turn: Turn, given: Given) -> tuple[Case, str]:
    """The request that is meant: of the case that is named, or the only one; where a case has two, the
    one that the words name."""
    number, words = given.get("number"), f"{given.get('text', '')}{given.get('reason', '')}"
    found = [(case, kind) for case, kind, _ in requests(turn) if number in (None, case.number)]
    named = [each for each in found if _CALLED[each[1]] in words]
    found = named or found
    if len({case.number for case, _ in found}) > 1:
        raise work.which(turn, list({case.number: case for case, _ in found}.values()))
    if len(found) > 1:
        raise Sorry(say("staff.two_requests", number=found[0][0].number))
    if found:
        return found[0]
    if number is None:
        raise Sorry(say("staff.no_request"))
    raise Sorry(say("staff.no_request_of", number=work.seen(turn, number, sealed=False).number))


def _wanted(turn: Turn, case: Case) -> Duration:
    """How much longer the handler asked for last."""
    history = cases.events_of(case, turn.session)
    asked = [event for event in history if event.kind == "request_extension"]
    return Duration.parse(asked[-1].data["by"])
