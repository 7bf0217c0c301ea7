"""A picture from a member of staff belongs to the case they have just worked on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from casework.rights import standing
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.keeping import pictured
from handlers.turn import Turn
from storage import cases, incoming

BELONGS: Final = timedelta(minutes=10)


def photo(turn: Turn) -> Reply:
    number = incoming.last_about(turn.session, turn.incoming.person, turn.now - BELONGS)
    if number is None:
        return Reply(say("staff.photo_of_what"))
    turn.about = number
    case = cases.take(turn.viewer, turn.session, number)
    if case is not None and not case.protected and standing(turn.actor, case, turn.town):
        pictured(turn, case)
    return Reply(say("staff.photo_kept", number=number))
