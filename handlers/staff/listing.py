"""What a member of staff looks at: 待办, 查."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from casework.actions import ACTIONS
from casework.case import BEFORE_ANSWER, Case
from casework.rights import SUPERVISOR, is_admin, standing
from handlers import cards, wording
from handlers.acting import Sorry
from handlers.arguments import counted
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import deciding, several
from handlers.staff.work import looked_at, seen
from handlers.timed import media
from handlers.turn import Turn
from storage import cases, tasks

SHOWN = 12
WHOLE = frozenset({"全部", "所有", "历史", "记录", "全部记录", "办理记录", "经过"})


def todo(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """待办: what is in the speaker's hands, the most urgent first; what they have to decide; for an
    admin also what the service could not do. 待办 完成 3 ticks one of these off."""
    admin = is_admin(turn.actor.staff, turn.town)
    if admin and given.get("word") == "完成":
        return _tick_off(turn, given.get("text", ""))
    if words := f"{given.get('word', '')} {given.get('text', '')}".strip():
        return _sought(turn, words)
    failed = tasks.undone(turn.session) if admin else []
    lines = "\n".join(say("admin.task", task=task.id, text=task.text) for task in failed)
    return Reply(_own(turn) + (say("admin.tasks", lines=lines) if lines else ""))


def _sought(turn: Turn, words: str) -> Reply:
    """待办 石墙村 超期: what of all that the speaker may see is open and fits, with who has it."""
    found = several.sought(turn, words)
    if found is None:
        raise Sorry(say("staff.sought_what", words=words))
    if not found:
        return Reply(say("staff.sought_none", words=words))
    lines = wording.listed(found, SHOWN, partial(_with_holder, turn))
    return Reply(say("staff.sought", words=words, count=len(found), lines=lines))


def _with_holder(turn: Turn, case: Case) -> str:
    post = turn.town.posts.get(case.lead_post)
    who = wording.holder(turn.town, post.id, turn.now) if post is not None else None
    return say("staff.sought_line", row=cards.row(turn, case), who=who.name if who else "")


def _tick_off(turn: Turn, word: str) -> Reply:
    task = counted(word)
    if task is None or not tasks.done(turn.session, task, turn.now):
        raise Sorry(say("admin.task_unknown"))
    return Reply(say("admin.task_done", task=task))


def _own(turn: Turn) -> str:
    own = cases.led_by(turn.viewer, turn.session, turn.staff.hands)
    waiting = [case for case in own if case.state in BEFORE_ANSWER]
    deciding = [
        case for case in cases.open_cases(turn.viewer, turn.session) if _decides(turn, case)
    ]
    together = cases.with_part(turn.viewer, turn.session, turn.staff.hands)
    asked = _asked(turn)
    if not waiting and not deciding and not together and not asked:
        return say("staff.nothing_to_do")
    parts = [
        _list(turn, "staff.todo", waiting),
        _list(turn, "staff.to_decide", deciding),
        asked,
        _list(turn, "staff.todo_together", together),
    ]
    return "\n".join(filter(None, parts))


def _asked(turn: Turn) -> str:
    """延期 and 退单 that wait for the speaker's word."""
    wanted = deciding.requests(turn)
    if not wanted:
        return ""
    lines = wording.listed(wanted, SHOWN, partial(_request, turn))
    return say("staff.requests", count=len(wanted), lines=lines)


def _request(turn: Turn, wanted: deciding.Request) -> str:
    case, kind, why = wanted
    return say("staff.request_line", row=cards.row(turn, case), what=ACTIONS[kind].title, why=why)


def _decides(turn: Turn, case: Case) -> bool:
    """True for a bad rating about which the speaker, or somebody beside them, has to decide."""
    return case.disputed and SUPERVISOR in standing(turn.actor, case, turn.town)


def _list(turn: Turn, sentence: str, found: list[Case]) -> str:
    if not found:
        return ""
    lines = wording.listed(found, SHOWN, partial(cards.row, turn))
    return say(sentence, count=len(found), lines=lines)


def look(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """查 1023; 查 1023 全部: its whole history; 查 1023 时限: how its times were computed."""
    number = given.get("number")
    if number is None:
        return todo(turn, {"word": given.get("text", "")})
    case = seen(turn, number)
    looked_at(turn, case)
    if given.get("text", "").startswith("时限"):
        return Reply(cards.times(turn, case))
    if given.get("text", "").strip(" 。.") in WHOLE:
        return Reply(cards.history(turn, case))
    media.shown(turn, case)
    more = re.match(r"\s*(\d{3,10})", given.get("text", ""))
    also = say("staff.look_one", number=more[1]) if more is not None else ""
    return Reply(cards.for_staff(turn, case) + also)
