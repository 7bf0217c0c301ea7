"""Too much at once: ten cases a day, twenty messages a minute. All of it is kept, in one case."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from casework.case import Case
from handlers.acting import perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn

DAY: Final = timedelta(hours=24)
CASES_A_DAY: Final = 10
MESSAGES_A_MINUTE: Final = 20


def too_much(turn: Turn) -> bool:
    """What comes now is gathered."""
    return too_fast(turn) or too_many(turn, turn.recent)


def too_many(turn: Turn, own: list[Case]) -> bool:
    return len([case for case in own if turn.now - case.opened_at < DAY]) >= CASES_A_DAY


def too_fast(turn: Turn) -> bool:
    return turn.person.minute_messages > MESSAGES_A_MINUTE


def kept_in(own: list[Case]) -> Case | None:
    """The case in which what is too much is gathered: the newest open one."""
    return next((case for case in own if case.open and not case.protected), None)


def gather(turn: Turn, kept: Case) -> Reply:
    """More than ten cases a day, or twenty messages a minute: all kept, in one case, one reply."""
    perform(turn, "gather", kept, text=turn.text or say(f"villager.medium.{turn.incoming.kind}"))
    if turn.person.minute_messages > MESSAGES_A_MINUTE + 1:
        return Reply("")
    return Reply(say("villager.gathered", number=kept.number))
