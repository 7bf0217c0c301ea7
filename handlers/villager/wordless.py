"""What comes without words: a picture, a voice that was not recognised, a video, a link, a place."""

from __future__ import annotations

from handlers import telling
from handlers.acting import perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager import followup, gathering
from handlers.villager.continuing import add, speaking_of
from handlers.villager.filing import open_case
from nlp.reading import Reading


def without_words(turn: Turn) -> Reply:
    """A picture, a voice that was not recognised, a video, a link: nothing is refused for its form."""
    own = turn.recent
    kept = gathering.kept_in(own)
    if kept is not None and gathering.too_fast(turn):
        return gathering.gather(turn, kept)
    going_on = speaking_of(turn, own) or followup.answered_just_now(turn)
    kind = turn.incoming.kind
    if going_on is not None:
        text = say(f"villager.medium.{kind}") if kind != "link" else turn.text
        perform(turn, "supplement", going_on, text=text)
        return Reply(say("villager.medium_added", number=going_on.number))
    if turn.incoming.attachment is None:
        return Reply(say("villager.say_what"))
    if kept is not None and gathering.too_many(turn, own):
        return gathering.gather(turn, kept)
    text = say(f"villager.medium.{kind}")
    case = open_case(turn, Reading(text=text, kind="grievance"), text)
    return Reply(say(f"villager.filed_{kind}", **telling.case_words(case, turn)))


def located(turn: Turn) -> Reply:
    """A location: where the matter is that is spoken of."""
    going_on = speaking_of(turn, turn.recent)
    where = turn.incoming.location
    text = (
        say(
            "villager.location", label=turn.text, latitude=where.latitude, longitude=where.longitude
        )
        if where
        else turn.text
    )
    text = say("villager.medium.location") + text
    if going_on is not None:
        return add(turn, going_on, turn.reading, text)
    reading = Reading(text=text, kind="grievance", places=turn.reading.places)
    case = open_case(turn, reading, text)
    return Reply(say("villager.filed_location", **telling.case_words(case, turn)))
