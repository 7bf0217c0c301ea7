"""What may be made public 公示, 晒账: settled, ordinary, and by its method not yet public."""

from __future__ import annotations

from casework.case import Case
from casework.rights import Viewer
from handlers import wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases


def waiting(occasion: Occasion, viewer: Viewer) -> list[Case]:
    """What waits for it, as far as the viewer sees."""
    method_of = occasion.world.method_of
    found = cases.to_publish(viewer, occasion.session)
    return [case for case in found if method_of(case).publication.required]


def line(occasion: Occasion, case: Case) -> str:
    """As it may stand on a wall: no name, no telephone, no word of whoever reported it; the village
    or the group, not a house."""
    town = occasion.town
    answered = case.answered_at or case.settled_at or occasion.now
    return say(
        "staff.public_line",
        number=case.number,
        sort=wording.sort_of(case),
        place=town.full_name(case.unit) or town.name,
        post=wording.post_name(town, case.lead_post),
        at=wording.when(answered, occasion.now),
        rating=say(f"word.rating.{case.rating}") if case.rating else say("staff.silent"),
    )
