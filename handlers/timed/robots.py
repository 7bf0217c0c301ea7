"""What a robot 群机器人 says in its group: the day's list, what is overdue, what has a red card.

Everybody in the group reads it: there are numbers, sorts, villages and posts in it, but nobody's
name or words, and of what is private or a report about a person nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from casework.calendar import SHANGHAI
from casework.case import BEFORE_ANSWER, Case
from casework.rights import Actor, Viewer
from casework.routing import answering
from casework.town import Robot
from handlers import wording
from handlers.copy import say
from handlers.timed.digest import of_the_day
from handlers.turn import Occasion
from storage import cases
from storage.record import Letter, post

SHOWN: Final = 10  # of each sort: so that a list is one message
PUBLIC: Final = "民生"  # the ledger whose matters may be named before all


def work(
    robot: Robot, name: str, occasion: Occasion, slot: datetime, _cursor: str | None
) -> str | None:
    """Say one list, if there is anything on it; on days off none."""
    if not occasion.book.calendar.is_open(slot.astimezone(SHANGHAI).date()):
        return None
    viewer = Viewer(Actor(f"robot:{robot.id}", unit=robot.unit), occasion.town)
    parts = "\n".join(LISTS[name](occasion, viewer))
    if parts:
        unit = occasion.town.full_name(robot.unit)
        text = say(f"tell.robot_{name}", unit=unit, parts=parts)
        post(occasion.session, [_letter(occasion, robot, text)], occasion.now, occasion.wall)
    return None


def _daily(occasion: Occasion, viewer: Viewer) -> Iterator[str]:
    day = of_the_day(_open(occasion, viewer), occasion.now)
    yield from _part(occasion, "today", day["today"])
    yield from _part(occasion, "to_accept", day["to_accept"])
    if day["late"]:
        yield say("tell.robot_late", count=len(day["late"]))


def _overdue(occasion: Occasion, viewer: Viewer) -> Iterator[str]:
    late = [case for case in _open(occasion, viewer) if case.is_late(occasion.now)]
    yield from _part(occasion, "late", late)


def _cards(occasion: Occasion, viewer: Viewer) -> Iterator[str]:
    carded = cases.listed(viewer, occasion.session, 200)
    yield from _part(occasion, "cards", [case for case in carded if case.red_cards])


LISTS: Final[Mapping[str, Callable[[Occasion, Viewer], Iterator[str]]]] = {
    "daily": _daily,
    "overdue": _overdue,
    "cards": _cards,
}


def _open(occasion: Occasion, viewer: Viewer) -> list[Case]:
    """What is in the hands of the unit's posts, and of those below it."""
    found = cases.led_by(viewer, occasion.session, sorted(viewer.scope.posts), 500)
    return [case for case in found if case.state in BEFORE_ANSWER]


def _part(occasion: Occasion, sentence: str, found: list[Case]) -> Iterator[str]:
    if not found:
        return
    lines = wording.listed(found, SHOWN, partial(_row, occasion))
    yield say(f"tell.robot_part_{sentence}", count=len(found), lines=lines)


def _row(occasion: Occasion, case: Case) -> str:
    """One line: of what is private the number alone, with who answers for it and until when."""
    town = occasion.town
    public = case.ledger == PUBLIC and not case.anonymous
    return say(
        "tell.robot_row",
        number=case.number,
        matter=f" {wording.sort_of(case)}" if public else "",
        post=wording.post_name(town, answering(town, case.lead_post)),
        state=wording.state_of(case),
        left=wording.left(case.promised_at, occasion.now) if case.promised_at else "",
        cards=say("tell.robot_cards_of", red=case.red_cards) if case.red_cards else "",
    )


def _letter(occasion: Occasion, robot: Robot, text: str) -> Letter:
    return Letter(
        channel="robot",
        account="",
        recipient=robot.id,
        key=f"{occasion.origin}:robot",
        text=text,
        importance="ordinary",
        not_before=occasion.world.opening("ordinary"),
    )
