"""What happens on 公众号 without words: follows, scans, taps on the menu; and help."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.timed import letters
from handlers.turn import Turn
from handlers.villager import answering, belonging, conversation, speaking
from storage import incoming, people
from storage.database import Moment

GUIDE: Final = 24  # questions on one screen …
OF_EACH: Final = 2  # … and of each field


def happened(turn: Turn) -> Reply:
    """Answer an event; one that asks for no answer gets none."""
    event, key = turn.incoming.event, turn.incoming.event_key
    if event == "subscribe":
        people.change(turn.session, turn.person.id, follows=True)
        return welcome(turn, key)
    if event == "unsubscribe":
        people.change(turn.session, turn.person.id, follows=False, subscribed=False, allowed=0)
        return Reply("")
    if event in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
        return chosen(turn, key)
    if event in ("subscribe_msg_sent_event", "templatesendjobfinish"):
        return ended(turn, key)
    if event == "scan":
        return welcome(turn, key)
    if event == "click" and key:
        turn.incoming = replace(turn.incoming, kind="text", text=key)
        return conversation.words(turn)
    return Reply("")


def welcome(turn: Turn, scene: str) -> Reply:
    """The first word; with the code of a grid the villager belongs there at once."""
    if scene in turn.town.units:
        bound = belonging.bind_to(turn, scene).text
        return Reply(
            say(
                "villager.welcome_bound",
                town=turn.town.name,
                bound=bound,
                notice=speaking.notice(turn),
            )
        )
    return Reply(say("villager.welcome", town=turn.town.name, notice=speaking.notice(turn)))


def chosen(turn: Turn, choices: str) -> Reply:
    """`T1:accept`: the long-term notice was taken, or given back; "": it was another's."""
    if not choices:
        return Reply("")
    accepted = ":accept" in choices
    people.change(turn.session, turn.person.id, subscribed=accepted)
    return Reply(say("villager.subscribed")) if accepted else Reply("")


def ended(turn: Turn, reports: str) -> Reply:
    """`77:success 78:failed:user block`: how template messages ended."""
    begun = Moment(turn.wall, turn.now, turn.book.revision)
    for report in re.split(r" (?=\d+:)", reports):
        receipt, _, said = report.partition(":")
        letters.reported(turn.session, begun, turn.book, receipt, said)
    return Reply("")


def speak_up(turn: Turn, _: object = None) -> Reply:
    """我要反映: nothing to fill in, the next sentence is it."""
    return Reply(say("villager.speak_up_report" if "举报" in turn.text else "villager.speak_up"))


def anybody(turn: Turn, _: object = None) -> Reply:
    """有没有人啊: who has told nothing yet is asked what it is."""
    if turn.recent:
        raise NotThat
    return speak_up(turn)


def say_again(turn: Turn, _: object = None) -> Reply:
    """再说一遍: what was answered last, once more."""
    said = incoming.reply_before(turn.session, turn.incoming.person, turn.message or 0)
    if not said:
        raise NotThat
    return Reply(said)


def guide(turn: Turn, _: object = None) -> Reply:
    """办事指南: what can be asked, a few questions of each field."""
    by_field: dict[str, list[str]] = {}
    for answer in turn.town.answers.values():
        if answer.counts(turn.today):
            by_field.setdefault(answering.field_of(answer), []).append(answer.questions[0])
    asked = [question for own in by_field.values() for question in own[:OF_EACH]]
    if not asked:
        return help_(turn)
    return Reply(say("villager.guide", questions="\n".join(asked[:GUIDE])))


def help_(turn: Turn, _: object = None) -> Reply:
    return Reply(say("villager.help", town=turn.town.name, notice=speaking.notice(turn)))
