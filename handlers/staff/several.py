"""Several cases at once: 派 1023 1024 水务站, 督办 超期. First a preview with counts, then 确认.

What is confirmed is the list that was shown, each case asked about again; nothing slips in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from casework.actions import may
from casework.case import BEFORE_ANSWER, Case
from casework.rights import standing
from casework.selection import Selection, within
from handlers import acting, arguments, cards, wording
from handlers.acting import Sorry
from handlers.commands import Said
from handlers.copy import say
from handlers.message import Button, Reply
from handlers.turn import Turn
from storage import audit, bulk, cases, joint, pending

MOST: Final = 50
SHOWN: Final = 12

Test = Callable[[Turn, Case], bool]
FILTERS: Final[Mapping[str, Test]] = {
    "全部": lambda *_: True,
    "超期": lambda turn, case: case.state in BEFORE_ANSWER and case.is_late(turn.now),
    "未接单": lambda _, case: case.state == "assigned",
    "待接单": lambda _, case: case.state == "assigned",
    "办理中": lambda _, case: case.state == "handling",
    "待补充": lambda _, case: case.state == "waiting",
    "待评价": lambda _, case: case.state == "answered",
    "紧急件": lambda _, case: case.urgency != "ordinary",
    "黄牌": lambda _, case: case.yellow_cards > 0,
    "红牌": lambda _, case: case.red_cards > 0,
    "我的": lambda turn, case: case.lead_post in turn.staff.posts,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, and what is left of the line behind it."""

    numbers: tuple[int, ...]
    rest: str


def chosen(turn: Turn, said: Said) -> Chosen | None:
    """Several numbers, or the cases of a filter; None where one case is meant, or none is named."""
    if not said.command.several:
        return None
    found, rest = arguments.numbers(said.rest, turn)
    if found is not None:
        return Chosen(found, rest) if len(found) > 1 else None
    takes_person = any(each.type == "person" for each in said.command.arguments)
    tests, rest = _filters(turn, said.rest, takes_person)
    if not tests:
        return None
    return Chosen(tuple(case.number for case in _fitting(turn, tests)), rest)


def sought(turn: Turn, words: str) -> list[Case] | None:
    """The open cases that these words choose (石墙村 超期; 李守田), those due soonest first; None if
    they choose none in particular."""
    tests, rest = _filters(turn, words, takes_person=False)
    return _fitting(turn, tests) if tests and not rest else None


def _fitting(turn: Turn, tests: Sequence[Test]) -> list[Case]:
    found = cases.open_cases(turn.viewer, turn.session, limit=1000)
    return [case for case in found if all(test(turn, case) for test in tests)]


def _filters(turn: Turn, line: str, takes_person: bool) -> tuple[list[Test], str]:
    """The filter words at the beginning of the line: 超期, a place, a topic, a person."""
    tests: list[Test] = []
    rest = line
    while rest:
        word, tail = arguments.first_word(rest)
        test = FILTERS.get(word) or _together(turn, word) or _fits(turn, word, takes_person)
        if test is None:
            break
        tests.append(test)
        rest = tail
    return tests, rest


_WITH: Final = re.compile(r"(?:同|共性|工作组)\s*(\d{3,10})")


def _together(turn: Turn, word: str) -> Test | None:
    """同1023: the cases that a 共性问题 or a 工作组 holds together with this one."""
    found = _WITH.fullmatch(word)
    case = cases.find(turn.viewer, turn.session, int(found[1])) if found is not None else None
    if case is None:
        return None
    numbers = {case.number}
    for call in joint.of_case(case, turn.session):
        numbers |= set(call.children) if call.open else set()
    return lambda _, each: each.number in numbers


def _fits(turn: Turn, word: str, takes_person: bool) -> Test | None:
    selection = named(turn, word, takes_person)
    return None if selection is None else lambda _, case: selection.fits(case)


def named(turn: Turn, word: str, takes_person: bool = False) -> Selection | None:
    """石墙村, 路灯; where no person has to be named besides, also whose hands it is in: 水务站."""
    if arguments.topic(word, turn)[0] is not None:
        return Selection(topics=frozenset({word}))
    unit, rest = arguments.unit(word, turn)
    if unit is not None and not rest and not unit.department:
        return within(turn.town, unit.id)
    posts = frozenset(post.id for post in arguments.posts_called(turn.town, word))
    return Selection(posts=posts) if posts and not takes_person else None


def preview(turn: Turn, said: Said, wanted: Chosen) -> Reply:
    """What would be done, to how many, and to which not; a 确认 within five minutes does it."""
    if len(wanted.numbers) > MOST:
        raise Sorry(say("several.too_many", count=len(wanted.numbers), most=MOST))
    given = arguments_without_number(turn, replace(said, rest=wanted.rest))
    can, cannot = _sorted(turn, said, wanted.numbers, given)
    if not can:
        raise Sorry(say("several.none") + _refusals(cannot))
    data = {
        "command": said.command.name,
        "rest": wanted.rest,
        "slash": said.slash,
        "answers": dict(said.answers),
        "numbers": [case.number for case in can],
        "line": turn.text,
    }
    pending.put(turn.session, turn.incoming.person, "confirm", data, turn.now)
    lines = wording.listed(can, SHOWN, partial(cards.row, turn))
    text = say("several.preview", command=said.command.name, count=len(can), lines=lines)
    return Reply(text + _refusals(cannot), sure_or_not())


def sure_or_not() -> tuple[Button, ...]:
    """What can be pressed beneath a thing that is shown before it is done."""
    labels = (say("word.button.sure"), say("word.button.drop"))
    return tuple(Button(label, label) for label in labels)


def arguments_without_number(turn: Turn, said: Said) -> dict[str, Any]:
    """The other arguments of the command, read as ever."""
    from handlers.commands import arguments as read

    rest = tuple(each for each in said.command.arguments if each.name != "number")
    return read(replace(said, command=replace(said.command, arguments=rest)), turn)


def _sorted(
    turn: Turn, said: Said, numbers: Sequence[int], given: Mapping[str, Any]
) -> tuple[list[Case], list[tuple[int, str]]]:
    """The cases with which it can be done; the numbers with which not, and why."""
    can: list[Case] = []
    cannot: list[tuple[int, str]] = []
    for number in numbers:
        case = cases.find(turn.viewer, turn.session, number)
        why = say("several.unseen") if case is None else _why_not(turn, said, case, given)
        if case is None or why:
            cannot.append((number, why))
        else:
            can.append(case)
    return can, cannot


def _why_not(turn: Turn, said: Said, case: Case, given: Mapping[str, Any]) -> str:
    """Empty if one of the command's actions may be done."""
    who = standing(turn.actor, case, turn.town)
    post = given.get("post")
    facts = {**given, "post": post.id if post is not None else ""}
    facts["kept_away"] = acting.kept_away(turn, case, facts)
    why = ""
    for action in said.command.actions:
        refused = may(action, case, who, facts)
        if refused is None:
            return ""
        why = why or acting.reason(refused, case, turn)
    return why


def _refusals(cannot: Sequence[tuple[int, str]]) -> str:
    if not cannot:
        return ""
    lines = "\n".join(f"{number}：{why}" for number, why in cannot[:SHOWN])
    return say("several.cannot", count=len(cannot), lines=lines)


def confirmed(turn: Turn, said: Said, data: Mapping[str, Any]) -> Reply:
    """确认: each in a savepoint of its own; what cannot be done any more says why."""
    done = [_one(turn, said, number) for number in data["numbers"]]
    turn.about = None
    ready = [row for row in done if row.done]
    identity = bulk.keep(
        turn.session,
        actor=turn.actor.label,
        command=said.command.name,
        line=data["line"],
        found=done,
        now=turn.now,
    )
    for row in ready:
        audit.write(
            turn.session,
            actor=turn.actor.label,
            act=said.command.name,
            target=str(row.case_number),
            detail=say("several.trail", bulk=identity, line=data["line"]),
            now=turn.now,
        )
    missed = [(row.case_number, row.why) for row in done if not row.done]
    text = say("several.done", command=said.command.name, count=len(ready), bulk=identity)
    return Reply(text + _refusals(missed))


def _one(turn: Turn, said: Said, number: int) -> bulk.BulkCaseRow:
    case = cases.find(turn.viewer, turn.session, number)
    if case is None:
        return bulk.BulkCaseRow(
            bulk=0, case_number=number, former_post="", done=False, why=say("several.unseen")
        )
    row = bulk.BulkCaseRow(bulk=0, case_number=number, former_post=case.lead_post, done=True)
    try:
        with turn.session.nested():
            given = arguments_without_number(turn, said)
            said.command.run(turn, {**given, "number": number})
    except Sorry as sorry:
        row.done, row.why = False, str(sorry)
    return row
