"""A picture from a member of staff belongs to the case they have just worked on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import incoming

BELONGS: Final = timedelta(minutes=10)


def photo(turn: Turn) -> Reply:
    number = incoming.last_about(turn.session, turn.incoming.person, turn.now - BELONGS)
    if number is None:
        return Reply(say("staff.photo_of_what"))
    turn.about = number
    return Reply(say("staff.photo_kept", number=number))
