"""A villager says something: which of the things a villager can want is it?

The words for each stand in `wants.toml`; what none of them is becomes a matter (`speaking`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from handlers import wording
from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager import (
    after_answer,
    again,
    answering,
    belonging,
    errands,
    events,
    filing,
    following,
    followup,
    rating,
    sealed,
    speaking,
    wordless,
)
from handlers.villager.wants import wants

HANDLERS: Final[Mapping[str, Callable[[Turn, re.Match[str]], Reply]]] = {
    "help": events.help_,
    "look": following.look,
    "rate": rating.rate,
    "of_number": followup.of_number,
    "number_alone": following.number_alone,
    "overview": following.overview,
    "urge": following.urge,
    "urge_described": following.urge_described,
    "withdraw_described": following.withdraw_described,
    "supplement": following.supplement,
    "withdraw": following.withdraw,
    "my_member": belonging.my_member,
    "member_of": belonging.member_of,
    "claim": belonging.claim,
    "bind": belonging.bind,
    "speak_up": events.speak_up,
    "anybody": events.anybody,
    "say_again": events.say_again,
    "of_a_report": sealed.unnamed,
    "guide": events.guide,
    "代办": errands.asked_for("代办"),
    "代购": errands.asked_for("代购"),
    "点单": errands.asked_for("点单"),
    "anonymous": belonging.anonymous,
    "join": again.join,
    "another": filing.another,
    "papers": answering.papers,
    "asked_more": answering.asked_more,
    "details": answering.details,
    "not_solved": after_answer.not_solved,
    "to_a_person": after_answer.to_a_person,
    "phone_of": belonging.phone_of,
    "phone": belonging.phone,
    "all_well": following.all_well,
}


def converse(turn: Turn) -> Reply:
    """Answer a villager's word, whatever its form."""
    kind = turn.incoming.kind
    if kind == "event":
        return events.happened(turn)
    if kind == "unknown":
        return Reply(say("villager.unknown_type"))
    if kind == "location":
        return wordless.located(turn)
    if kind != "text" and not turn.text:
        return wordless.without_words(turn)
    return words(turn)


def words(turn: Turn) -> Reply:
    text = wording.plain(turn.text)
    if not text:
        return events.help_(turn)
    for want in wants(text):
        if sealed.never_in_passing(turn, want.besides):
            continue
        try:
            return HANDLERS[want.name](turn, want.said)
        except NotThat:
            continue
    return speaking.speak(turn)
