"""代办, 代买, 点单: a villager asks for something to be done for them. It is the same form that staff use
(`casework/joint/forms.toml`): the nearest grid member has it, or who can do it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from casework.case import Case
from casework.joint.call import Call
from casework.joint.choosing import skilled, unnamed
from casework.joint.effects import parts_of
from casework.joint.form import Form
from casework.joint.form import said as forms_said
from handlers import calls, telling
from handlers.acting import NotThat, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import asks
from handlers.villager import filing, gathering

_OR_NOT: Final = re.compile(r"(?:不|没有)[。.!！~\s]*$")  # 能代办不


def asked_for(word: str) -> Callable[[Turn, re.Match[str]], Reply]:
    """The handler of a word; a question about it is a question like all others."""
    form = next(forms_said(word))

    def ask(turn: Turn, found: re.Match[str]) -> Reply:
        what, reading = found["errand"].strip(" 。.!！"), turn.reading
        if not what or asks(turn.text) or _OR_NOT.search(turn.text) or gathering.too_much(turn):
            raise NotThat
        case = filing.open_wish(turn, reading)
        call = _call(turn, case, form, what)
        if call is not None:
            case = perform(turn, "wish", case, call=call, text=call.text)
        return Reply(_said(turn, case, form, call))

    return ask


def _call(turn: Turn, case: Case, form: Form, what: str) -> Call | None:
    """In the name of the post that has the case. None: nobody beneath it can be asked."""
    town, lead = turn.town, turn.town.posts[case.lead_post]
    near = lead.role in ("member", "lead")  # else everybody beneath is the whole township
    keys = (unnamed if near or not form.first else skilled)(town, form, lead, case)
    if not keys:
        return None
    bare = next(field.name for field in form.fields if field.bare)
    fields = {bare: what}
    if any(field.name == "委托人" for field in form.fields):
        fields["委托人"] = turn.person.name or say("joint.themselves")
    return Call(
        case_number=case.number,
        form_id=form.id,
        convener=lead.id,
        opened_at=turn.now,
        text=what,
        fields=fields,
        parts=parts_of(form.parties[0].name, keys, frozenset(town.posts)),
    )


def _said(turn: Turn, case: Case, form: Form, call: Call | None) -> str:
    names = calls.names(turn, [part.key for part in call.parts]) if call is not None else ""
    sentence = "errand" if not form.first else "order" if names else "order_for_nobody"
    return say(
        f"villager.{sentence}", title=form.word, names=names, **telling.case_words(case, turn)
    )
