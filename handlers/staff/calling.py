"""Somebody is called to a case: 吹哨, 会诊, 包案, 五方, 工作组, 诉调 … by the forms of `casework.joint`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.case import Case
from casework.joint.call import Call
from casework.joint.choosing import choose, unnamed
from casework.joint.effects import parts_of
from casework.joint.form import Form
from casework.rights import posts_of
from casework.town import Post
from handlers import calls
from handlers.acting import Ask, Sorry, perform, possible
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.fields import Filled, fill
from handlers.staff.work import meant
from handlers.turn import Turn

Given = Mapping[str, Any]


def caller(word: str, example: str) -> Callable[[Turn, Given], Reply]:
    """The handler of a word: `吹哨 1023 水务站 派出所 现场有人堵路`."""

    def call(turn: Turn, given: Given) -> Reply:
        line, answers = given.get("text", ""), given["answers"]
        case = meant(turn, given, "summon")
        possible(turn, "summon", case)
        form, convener, filled = read(turn, word, line, answers, example)
        return Reply(summon(turn, case, form, convener, filled))

    return call


def read(
    turn: Turn, word: str, line: str, answers: Mapping[str, str], example: str
) -> tuple[Form, Post, Filled]:
    """What is called, in which of the speaker's posts, and all that the form wants said."""
    own = posts_of(turn.staff, turn.town)
    chosen = choose(turn.town, own, word, ())
    if chosen is None:
        raise Sorry(say("joint.not_yours", word=word))
    form, convener = chosen
    filled = _filled(turn, form, line, answers, example)
    chosen = choose(turn.town, own, word, filled.keys)
    return (*(chosen or (form, convener)), filled)


def _filled(turn: Turn, form: Form, line: str, answers: Mapping[str, str], example: str) -> Filled:
    """A form that calls everybody where nobody is named needs no names."""
    try:
        return fill(turn, form.fields, line, answers, example)
    except Ask as ask:
        parties = {f"field:{field.name}" for field in form.parties}
        if not form.crowd or line.strip() or ask.argument not in parties:
            raise
    return Filled()


def summon(turn: Turn, case: Case, form: Form, convener: Post, filled: Filled) -> str:
    """The call is made; what the caller reads."""
    call = the_call(turn, case, form, convener, filled)
    perform(turn, "summon", case, call=call, term=filled.term, text=call.text)
    if not call.parts:
        together = "、".join(map(str, call.children))
        return say("joint.held_together", number=case.number, names=together, title=form.name)
    return say(
        "joint.called",
        number=case.number,
        title=form.name,
        names=calls.names(turn, [part.key for part in call.parts]),
        end=form.words["end"],
        enders=say("joint.doer") if form.agent else calls.roles(form.ends),
    )


def the_call(turn: Turn, case: Case, form: Form, convener: Post, filled: Filled) -> Call:
    """The call as a value, with whom the form calls where nobody is named."""
    named = filled.named
    if form.parties and not filled.keys:
        found = unnamed(turn.town, form, convener, case)
        if not found:
            raise Sorry(say("joint.nobody_below"))
        named = {form.parties[0].name: list(found)}
    posts = frozenset(turn.town.posts)
    parts = [part for role, keys in named.items() for part in parts_of(role, keys, posts)]
    children = tuple(number for number in filled.children if number != case.number)
    parties = {field.name for field in form.parties}
    bare = {field.name for field in form.fields if field.bare}
    text = "；".join(
        value if name in bare else say("joint.field", name=name, value=value)
        for name, value in filled.fields.items()
        if name not in parties
    )
    return Call(
        case_number=case.number,
        form_id=form.id,
        convener=convener.id,
        opened_at=turn.now,
        text=text or say("joint.please_come"),
        fields=filled.fields,
        parts=tuple(parts),
        children=children,
    )


def own_keys(turn: Turn, call: Call) -> list[str]:
    """The parts of a call that are the speaker's."""
    return [part.key for part in call.parts if part.post in turn.staff.hands]
