"""What an admin does with a case: 派 督办 退回 办结 重开 并案; and what waits for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.case import Case
from handlers.acting import Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import listing
from handlers.staff.work import done, meant
from handlers.turn import Turn
from storage import cases, people, tasks

Given = Mapping[str, Any]


def todo(turn: Turn, given: Given) -> Reply:
    """/待办: what is in one's hands or waits for a decision; then what the service could not do.
    /待办 完成 3 ticks one of these off."""
    if given.get("word") == "完成":
        return _tick_off(turn, given.get("text", ""))
    text = listing.todo(turn, given).text
    failed = tasks.undone(turn.session)
    if failed:
        lines = "\n".join(say("admin.task", task=task.id, text=task.text) for task in failed)
        text += say("admin.tasks", lines=lines)
    return Reply(text)


def _tick_off(turn: Turn, number: str) -> Reply:
    if not number.isdecimal() or not tasks.done(turn.session, int(number), turn.now):
        raise Sorry(say("admin.task_unknown"))
    return Reply(say("admin.task_done", task=number))


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
