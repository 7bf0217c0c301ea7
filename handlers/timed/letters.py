"""What follows when a letter could not be delivered: somebody picks up the phone."""

from __future__ import annotations

from casework.rights import THE_SERVICE, Viewer
from handlers import telling, wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases, tasks
from storage.book import Book
from storage.database import Moment
from storage.record import Letter, post
from storage.sending import Claimed
from storage.session import WriteSession


def undelivered(session: WriteSession, begun: Moment, book: Book, letter: Claimed) -> None:
    """A letter was refused for good. A villager is phoned by the handler; an admin looks after a
    member of staff whom nothing reaches. Once for each letter."""
    occasion = Occasion(
        actor=THE_SERVICE,
        now=begun.now,
        wall=begun.wall,
        book=book,
        session=session,
        origin=f"o{letter.id}",
    )
    text = _text(letter, book)
    if tasks.add(session, f"letter:{letter.id}", text, begun.now, letter.case_number):
        post(session, _who(occasion, letter, text), begun.now, begun.wall, letter.case_number)


def _text(letter: Claimed, book: Book) -> str:
    if letter.channel == "wecom":
        staff = book.town.by_userid.get(letter.recipient.lower())
        name = staff.name if staff is not None else letter.recipient
        return say("task.staff_unreachable", name=name, userid=letter.recipient)
    return say(
        "task.not_delivered", number=letter.case_number or "—", text=wording.short(letter.text, 80)
    )


def _who(occasion: Occasion, letter: Claimed, text: str) -> list[Letter]:
    viewer = Viewer(THE_SERVICE, occasion.town)
    number = letter.case_number
    case = cases.find(viewer, occasion.session, number) if number is not None else None
    if letter.channel == "wecom" or case is None:
        return [
            each for each in telling.to_admins(occasion, text) if each.recipient != letter.recipient
        ]
    return list(
        telling.to_post(occasion, case, case.lead_post, "please_phone", {"text": text}, "ordinary")
    )
