"""The buttons of a letter about a case: what its reader may do now, by `casework.actions`.

A button says in its presser's name what could as well be typed. Pressing twice, or too late, is
answered from the case as it is.
"""

from __future__ import annotations

from typing import Final

from casework.actions import ACTIONS, Refused, may
from casework.case import Case
from casework.rights import ADMIN, CALLED, HANDLER, SUPERVISOR, THE_SERVICE, Actor, Viewer, standing
from casework.town import Staff, Town
from handlers import wording
from handlers.copy import say
from handlers.message import Button
from handlers.turn import Occasion, Turn
from storage import cases, panels
from storage.book import Book
from storage.outbox import PRIORITY
from storage.sending import Claimed
from storage.session import ReadSession

OFFERED: Final = (
    "accept", "sign_in", "reply", "hand_up", "transfer", "conclude", "request_extension", "extend",
)  # fmt: skip


def buttons(case: Case, staff: Staff, town: Town) -> tuple[Button, ...]:
    """What this member of staff may do with the case, in the order in which it is done."""
    who = standing(_actor(staff), case, town)
    allowed = (name for name in OFFERED if may(name, case, who) is None and _theirs(name, who))
    labelled = {say(f"word.button.{name}"): ACTIONS[name].title for name in allowed}
    return tuple(Button(label, _says(title, case)) for label, title in labelled.items())


def _theirs(name: str, who: frozenset[str]) -> bool:
    """报到 is offered to who was called; who leads a case says it of others, in words."""
    return name != "sign_in" or CALLED in who


def _says(title: str, case: Case) -> str:
    return f"{title} {case.number}"


def refused(turn: Turn, case: Case) -> Refused | None:
    """Why a button that was still shown does nothing any more: somebody was faster, or it was
    pressed before."""
    who = standing(turn.actor, case, turn.town)
    pressed = (name for name in OFFERED if turn.text == _says(ACTIONS[name].title, case))
    answers = [may(name, case, who) for name in pressed]
    return None if None in answers else next(iter(answers), None)


def dress(session: ReadSession, book: Book, letter: Claimed) -> tuple[Button, ...]:
    """The buttons that a letter goes out with: as its case is now. None for who reads in WeChat,
    where panels do not show, and none in an emergency, which must show everywhere."""
    staff = book.town.by_userid.get(letter.recipient.lower())
    if staff is None or not shows(staff, book.town) or letter.case_number is None:
        return ()
    if letter.priority <= PRIORITY["emergency"]:
        return ()
    case = cases.find(Viewer(THE_SERVICE, book.town), session, letter.case_number)
    return buttons(case, staff, book.town) if case is not None else ()


def shows(staff: Staff, town: Town) -> bool:
    """True for who reads where panels show."""
    return (staff.reads or town.reads) == "wecom"


def pressed(turn: Turn) -> int | None:
    """Remember the receipt of a press; the case of its panel."""
    press = turn.incoming.press
    if press is None:
        return None
    return panels.pressed(turn.session, press.panel, turn.staff.userid, press.receipt, turn.wall)


def follow(occasion: Occasion, case: Case) -> None:
    """The case has changed: so do the panels that stand on phones."""
    for panel in panels.changeable(occasion.session, case.number, occasion.wall):
        staff = occasion.town.by_userid.get(panel.recipient.lower())
        now = buttons(case, staff, occasion.town) if staff is not None else ()
        given = [[button.label, button.text] for button in now]
        if given != panel.buttons:
            panels.change(
                occasion.session, panel, given, _label(occasion, case, staff), occasion.now,
                occasion.wall,
            )  # fmt: skip


def _label(occasion: Occasion, case: Case, staff: Staff | None) -> str:
    """What stands in the place of buttons that are no use any more."""
    working = {HANDLER, SUPERVISOR, ADMIN}
    if staff is None or not standing(_actor(staff), case, occasion.town) & working:
        return say("word.button.elsewhere")
    return wording.state_of(case)


def _actor(staff: Staff) -> Actor:
    return Actor(f"staff:{staff.id}", staff=staff)
