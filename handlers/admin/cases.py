"""What those above do with a case: 派 督办 退回 重开 并案."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.case import Case
from handlers import telling
from handlers.acting import Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import done, meant
from handlers.turn import Turn
from storage import cases, erasure, people

Given = Mapping[str, Any]


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


def recuse(turn: Turn, given: Given) -> Reply:
    """/回避 1023 李守田 理由: who leads it gets it away from him, or the next above."""
    case, who = meant(turn, given, "recuse"), given["person"]
    case = perform(turn, "recuse", case, person=who.id, reason=given["reason"])
    return Reply(say("staff.recused", who=who.name, **telling.case_words(case, turn)))


def erase(turn: Turn, given: Given) -> Reply:
    """/依法删除 1023 理由: first what was said goes, then the act itself is written down."""
    case = meant(turn, given, "erase")
    erasure.blank(turn.session, case.number)
    perform(turn, "erase", case, reason=given["reason"])
    return Reply(say("staff.erased", number=case.number))


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
