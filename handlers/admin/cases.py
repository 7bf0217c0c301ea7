"""What an admin does with a case: 派 督办 退回 办结 重开 并案; and what waits for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.case import Case
from handlers import cards
from handlers.acting import Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import listing
from handlers.staff.work import done, meant
from handlers.turn import Turn
from storage import cases, people, tasks

Given = Mapping[str, Any]


def todo(turn: Turn, given: Given) -> Reply:
    """/待办: the admin's own, then what waits for a decision, then what the service could not do."""
    parts = [listing.todo(turn, given).text]
    disputed = [case for case in cases.open_cases(turn.viewer, turn.session) if case.disputed]
    if disputed:
        lines = "\n".join(cards.row(turn, case) for case in disputed)
        parts.append(say("admin.to_decide", count=len(disputed), lines=lines))
    failed = tasks.undone(turn.session)
    if failed:
        parts.append(say("admin.tasks", lines="\n".join(f"· {task.text}" for task in failed)))
    return Reply("\n".join(parts))


def assign(turn: Turn, given: Given) -> Reply:
    case = meant(turn, given, "assign")
    case = perform(turn, "assign", case, post=given["post"].id, text=given.get("text", ""))
    return done(turn, "assigned", case)


def supervise(turn: Turn, given: Given) -> Reply:
    text = given.get("text") or say("admin.supervise_default")
    case = perform(turn, "supervise", meant(turn, given, "supervise"), text=text)
    return done(turn, "supervised", case)


def hand_back(turn: Turn, given: Given) -> Reply:
    case = perform(turn, "hand_back", meant(turn, given, "hand_back"), reason=given["reason"])
    return done(turn, "handed_back", case)


def conclude(turn: Turn, given: Given) -> Reply:
    """/办结: the work is done; of a case whose villager is not content: the result is upheld."""
    case = meant(turn, given, "conclude")
    if case.disputed:
        return done(turn, "upheld", perform(turn, "uphold", case, text=given["text"]))
    return done(turn, "concluded", perform(turn, "conclude", case, text=given["text"]))


def reopen(turn: Turn, given: Given) -> Reply:
    case = perform(turn, "reopen", meant(turn, given, "reopen"), reason=given["reason"])
    return done(turn, "reopened", case)


def merge(turn: Turn, given: Given) -> Reply:
    """/并案 1024 1023: the first goes into the second; its villagers hear of the second from now on."""
    case, target = meant(turn, given, "merge"), _target(turn, given["target"])
    joined = [each.id for each in people.parties(turn.session, case.number, case.villager)]
    perform(turn, "merge", case, target=target)
    new = [villager for villager in joined if villager != target.villager]
    if new:
        perform(turn, "join", target, villagers=new)
    return Reply(say("staff.merged", number=case.number, into=target.number))


def _target(turn: Turn, number: int) -> Case:
    target = cases.take(turn.viewer, turn.session, number)
    if target is None:
        raise Sorry(say("refused.unseen_staff", number=number))
    return target
