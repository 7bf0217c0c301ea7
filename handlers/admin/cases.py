"""What those above do with a case: 派 督办 退回 重开 并案."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from casework.case import Case
from casework.duration import Duration
from casework.town import Post
from handlers import cards, telling, wording
from handlers.acting import Ask, Confirm, Sorry, perform
from handlers.arguments import person_if_any
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
    """/督办 1023 今天必须到场; with 三定 (who, until when, to what standard): /督办 1023 李守田 3天 修好.

    Who is named besides the handler is told; the case stays where it is."""
    case = meant(turn, given, "supervise")
    post, duration, standard = _three(turn, given.get("text", ""))
    other = post if post is not None and post.id != case.lead_post else None
    text = standard or say("admin.supervise_default")
    person = other.id if other is not None else ""
    given = {"text": text, "person": person, "post": person, "duration": duration}
    case = perform(turn, "supervise", case, **given)
    reply = done(turn, "supervised", case)
    if standard or duration is not None:
        until = say("admin.supervise_until", by=duration) if duration is not None else ""
        asked = say("admin.supervise_asked", asked=until + text)
        reply = replace(reply, text=reply.text + asked)
    if other is None:
        return reply
    who = wording.holder(turn.town, other.id, turn.now)
    called = say(
        "staff.supervised_named",
        number=case.number,
        named=wording.responsible(turn.town, other.id, turn.now),
        name=who.name if who is not None else wording.post_name(turn.town, other),
    )
    return replace(reply, text=reply.text + called)


def _three(turn: Turn, text: str) -> tuple[Post | None, Duration | None, str]:
    """定人 (a post), 定时, 定标准; each may be left out."""
    try:
        post, rest = person_if_any(text, turn)
    except Ask as several:
        raise Sorry(str(several)) from several
    words, duration = rest.split(), None
    if words:
        with suppress(ValueError):
            duration = Duration.parse(words[0])
            words = words[1:]
    return post, duration, " ".join(words)


def listed(turn: Turn, _: Given) -> Reply:
    """/挂牌: what is supervised 督办, shelved 挂账 or has a red card, each with its day."""
    rows = cases.listed(turn.viewer, turn.session)
    if not rows:
        return Reply(say("admin.nothing_listed"))
    lines = "\n".join(
        say(
            "admin.listed_line",
            row=cards.row(turn, case),
            supervised=case.supervised,
            red=case.red_cards,
            review=say("admin.listed_review", at=wording.when(case.review_at, turn.now))
            if case.review_at
            else "",
        )
        for case in rows
    )
    return Reply(say("admin.listed", count=len(rows), lines=lines))


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
    if re.match(r"\d", given.get("text", "")):
        raise Sorry(say("admin.merge_one", number=given["number"], into=given["target"]))
    case, target = meant(turn, given, "merge"), meant(turn, {"number": given["target"]})
    if not (given["confirmed"] or _is_likely(turn, case, target)):
        both = "\n".join(cards.row(turn, each) for each in (case, target))
        raise Confirm(say("staff.merge_sure", lines=both))
    joined = [each.id for each in people.parties(turn.session, case.number, case.villager)]
    perform(turn, "merge", case, target=target)
    new = [villager for villager in joined if villager != target.villager]
    if new:
        perform(turn, "join", target, villagers=new)
    return Reply(say("staff.merged", number=case.number, into=target.number))


def _is_likely(turn: Turn, case: Case, target: Case) -> bool:
    """True if both say the same of what it is, and lie in one another."""
    covers, here, there = turn.town.covers, case.unit, target.unit
    near = here is None or there is None or covers(here, there) or covers(there, here)
    return case.topic == target.topic and near
