"""What happens on 公众号 without words: follows, scans, taps on the menu; and help."""

from __future__ import annotations

from dataclasses import replace

from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager import belonging, conversation, filing
from storage import people


def happened(turn: Turn) -> Reply:
    """Answer an event; one that asks for no answer gets none."""
    event, key = turn.incoming.event, turn.incoming.event_key
    if event == "subscribe":
        people.change(turn.session, turn.person.id, follows=True)
        return welcome(turn, key)
    if event == "unsubscribe":
        people.change(turn.session, turn.person.id, follows=False)
        return Reply("")
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
                notice=filing.notice(turn),
            )
        )
    return Reply(say("villager.welcome", town=turn.town.name, notice=filing.notice(turn)))


def help_(turn: Turn, _: object = None) -> Reply:
    return Reply(say("villager.help", town=turn.town.name, notice=filing.notice(turn)))
