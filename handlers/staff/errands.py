"""代办, 代购, 预约, 点单: with a number it is done to a case; without one the case is opened in the same line.

代办 王大爷 13800000000 换医保卡 材料=身份证、户口簿: what was handed over stands with it, and what came back is
said at the end (交回 1023 … 回执=新卡 签收=王大爷), which closes the case as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.case import Case
from casework.joint.form import Form
from casework.joint.form import said as forms_said
from casework.rights import posts_of
from casework.routing import Assignment, level_of
from casework.town import Post
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import Told, open_told, read_told
from handlers.staff.calling import caller, read, summon
from handlers.staff.fields import labelled
from handlers.staff.registering import told_of
from handlers.turn import Turn
from handlers.understood import about_a_cadre, in_danger

Given = Mapping[str, Any]


def runner(word: str, example: str) -> Callable[[Turn, Given], Reply]:
    """The handler of a word."""
    on_a_case = caller(word, example)

    def run(turn: Turn, given: Given) -> Reply:
        if given.get("number") is not None:
            return on_a_case(turn, given)
        return _opened(turn, word, given.get("text", ""), given["answers"], example)

    return run


def _opened(turn: Turn, word: str, line: str, answers: Mapping[str, str], example: str) -> Reply:
    """A light matter: who wants it and what it is, in one line; all of it is there before it is opened."""
    form = next(forms_said(word))
    labels, bare = labelled(form.fields, line)
    told = told_of("walk", bare)
    labels = {**_client(form, told), **labels}
    rest = " ".join(f"{name}={value}" for name, value in labels.items())
    form, convener, filled = read(turn, word, f"{told.text} {rest}", answers, example)
    case = _open(turn, told, convener)
    return Reply(summon(turn, case, form, convener, filled))


def _client(form: Form, told: Told) -> dict[str, str]:
    """委托人: who was named at the beginning of the line."""
    wants = any(field.name == "委托人" for field in form.fields)
    return {"委托人": told.name} if wants and told.name else {}


def _open(turn: Turn, told: Told, own: Post) -> Case:
    """In the speaker's own hands; not what is a report or danger to somebody."""
    reading, place = read_told(turn, told.text)
    if (
        about_a_cadre(turn, reading)
        or in_danger(reading)
        or own not in posts_of(turn.staff, turn.town)
    ):
        raise Sorry(say("register.not_at_once"))
    to = Assignment(own.id, level_of(turn.town, own), place.unit if place else own.unit)
    case = open_told(turn, told, reading, place, to, urgency="ordinary", recused=frozenset())
    if case is None:
        raise Sorry(say("register.not_at_once"))
    return case
