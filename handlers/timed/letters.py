"""What follows when a letter could not be delivered: somebody picks up the phone."""

from __future__ import annotations

from casework.case import Case, Event
from casework.rights import THE_SERVICE
from handlers import telling, wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases, tasks
from storage.book import Book
from storage.database import Moment
from storage.record import Letter, note, post
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
    case = _case(occasion, letter)
    if case is not None and letter.channel == "wechat":
        key = f"undelivered:{letter.id}"
        note(session, case.number, Event("undelivered", THE_SERVICE.label, key=key), begun.now)
        if case.protected:  # no task: these are read by admins
            letters = telling.to_post(occasion, case, case.lead_post, "protected", {}, "ordinary")
            post(session, letters, begun.now, begun.wall, case.number)
            return
    text = _text(letter, book)
    if tasks.add(session, f"letter:{letter.id}", text, begun.now, letter.case_number):
        post(session, _who(occasion, letter, case, text), begun.now, begun.wall, letter.case_number)


def _text(letter: Claimed, book: Book) -> str:
    if letter.channel == "wecom":
        staff = book.town.by_userid.get(letter.recipient.lower())
        name = staff.name if staff is not None else letter.recipient
        return say("task.staff_unreachable", name=name, userid=letter.recipient)
    return say(
        "task.not_delivered", number=letter.case_number or "—", text=wording.short(letter.text, 80)
    )


def _case(occasion: Occasion, letter: Claimed) -> Case | None:
    if letter.case_number is None:
        return None
    return cases.find(occasion.viewer, occasion.session, letter.case_number)


def _who(occasion: Occasion, letter: Claimed, case: Case | None, text: str) -> list[Letter]:
    if letter.channel == "wecom" or case is None:
        return [
            each for each in telling.to_admins(occasion, text) if each.recipient != letter.recipient
        ]
    return list(
        telling.to_post(occasion, case, case.lead_post, "please_phone", {"text": text}, "ordinary")
    )
