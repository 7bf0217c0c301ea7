"""批量: bulk acts listed, looked at, and where possible undone.

A case that was moved goes back to who led it before, as long as nobody has begun there; what was
registered by mistake is taken back. What people were told cannot be unsaid: a reminder, an answer, a
longer term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.case import ASSIGNED, Case
from casework.rights import is_admin
from handlers import cards, wording
from handlers.acting import Sorry, perform
from handlers.arguments import counted
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import bulk, cases

MOVES: Final = frozenset({"派", "转", "退回", "上报"})  # commands after which a case can go back
OPENS: Final = "登记"  # … and after which it need not be dealt with any more
SHOWN: Final = 15


def batches(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """批量 · 批量 12 · 批量 撤销 12."""
    word, text = given.get("word"), given.get("text", "")
    if word is None:
        return _overview(turn)
    if word == "撤销" and (undo := counted(text)) is not None:
        return _undo(turn, undo)
    if (shown := counted(word)) is not None:
        return _one(turn, shown)
    raise Sorry(say("several.usage"))


def _overview(turn: Turn) -> Reply:
    """One's own; an admin sees everybody's, as far as the cases are theirs to see."""
    whose = None if is_admin(turn.actor.staff, turn.town) else turn.actor.label
    lines = [line for row in bulk.last(turn.session, whose) if (line := _line(turn, row))]
    if not lines:
        return Reply(say("several.no_batches"))
    return Reply(say("several.batches", lines="\n".join(lines)))


def _line(turn: Turn, row: bulk.BulkRow) -> str:
    seen = _seen(turn, row)
    if not seen:
        return ""
    return say(
        "several.batch",
        bulk=row.id,
        at=wording.when(row.at, turn.now),
        who=cards.actor_name(turn, row.actor),
        command=row.command,
        count=len([each for each, _ in seen if each.done]),
        undone=say("several.undone_mark") if row.undone_at else "",
    )


def _seen(turn: Turn, row: bulk.BulkRow) -> list[tuple[bulk.BulkCaseRow, Case]]:
    found = [
        (each, cases.find(turn.viewer, turn.session, each.case_number))
        for each in bulk.cases_of(turn.session, row.id or 0)
    ]
    return [(each, case) for each, case in found if case is not None]


def _one(turn: Turn, identity: int) -> Reply:
    row, seen = _known(turn, identity)
    lines = "\n".join(
        cards.row(turn, case) if each.done else f"{each.case_number}：{each.why}"
        for each, case in seen[:SHOWN]
    )
    return Reply(say("several.batch_shown", head=_line(turn, row), line=row.line, lines=lines))


def _known(turn: Turn, identity: int) -> tuple[bulk.BulkRow, list[Any]]:
    """A bulk act of one's own, for an admin anybody's. Raises Sorry where there is none to see."""
    row = bulk.find(turn.session, identity)
    own = row is not None and row.actor == turn.actor.label
    seen = _seen(turn, row) if row is not None else []
    if row is None or not seen or not (own or is_admin(turn.actor.staff, turn.town)):
        raise Sorry(say("several.unknown", bulk=identity))
    return row, seen


def _undo(turn: Turn, identity: int) -> Reply:
    row, seen = _known(turn, identity)
    if row.undone_at is not None:
        raise Sorry(say("several.undone_already", bulk=identity))
    if row.command not in MOVES | {OPENS}:
        raise Sorry(say("several.cannot_undo", command=row.command))
    opens = row.command == OPENS
    undo, sentence = (_retract, "register.retracted") if opens else (_back, "several.undone")
    back = [undo(turn, each, identity) for each, _ in seen if each.done]
    bulk.undone(turn.session, identity, turn.now)
    turn.about = None
    return Reply(say(sentence, bulk=identity, count=sum(back)) + _kept(back))


def _kept(back: Sequence[bool]) -> str:
    kept = len(back) - sum(back)
    return say("several.not_back", count=kept) if kept else ""


def _back(turn: Turn, each: bulk.BulkCaseRow, identity: int) -> bool:
    """True if the case went back: it still waits where it was put."""
    case = cases.take(turn.viewer, turn.session, each.case_number)
    if case is None or case.state != ASSIGNED or case.previous_post != each.former_post:
        return False
    text = say("several.undo_reason", bulk=identity)
    return _done(turn, "assign", case, post=each.former_post, text=text)


def _retract(turn: Turn, each: bulk.BulkCaseRow, identity: int) -> bool:
    """True if what was registered by mistake is taken back: nobody has begun with it."""
    case = cases.take(turn.viewer, turn.session, each.case_number)
    text = say("register.retract_reason", bulk=identity)
    return case is not None and _done(turn, "retract", case, reason=text)


def _done(turn: Turn, name: str, case: Case, **given: Any) -> bool:
    try:
        with turn.session.nested():
            perform(turn, name, case, **given)
    except Sorry:
        return False
    return True
