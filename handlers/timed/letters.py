"""What follows when a letter could not be delivered: somebody picks up the phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from casework.calendar import SHANGHAI
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

# what is wrong with an account, by the platform's errcode; how to mend it stands in the copy
SETTINGS: Final = {
    40001: "secret", 40013: "id", 40056: "agent", 40125: "secret", 40164: "ip", 41001: "secret",
    45009: "quota", 48001: "rights", 50001: "rights", 60020: "ip", 301002: "agent",
}  # fmt: skip


def together(texts: Sequence[str]) -> str:
    """Several letters as one message."""
    lines = "\n\n".join(f"{place}. {text}" for place, text in enumerate(texts, 1))
    return say("staff.gathered", count=len(texts), lines=lines)


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
    if tasks.add(session, _key(letter, begun), text, begun.now, letter.case_number):
        post(session, _who(occasion, letter, case, text), begun.now, begun.wall, letter.case_number)


def look_after(
    session: WriteSession, begun: Moment, book: Book, channel: str, code: int, reason: str
) -> None:
    """Something is wrong with the account that a person has to put right: a task for an admin,
    once a day for each thing."""
    today = begun.now.astimezone(SHANGHAI).date()
    origin = f"account:{channel}:{code}:{today}"
    what = SETTINGS.get(code)
    mend = say(f"task.mend.{what}") if what else reason
    text = say("task.account", channel=say(f"word.platform.{channel}"), code=code, mend=mend)
    if tasks.add(session, origin, text, begun.now):
        occasion = Occasion(
            actor=THE_SERVICE, now=begun.now, wall=begun.wall, book=book, session=session,
            origin=origin,
        )  # fmt: skip
        post(session, telling.to_admins(occasion, text), begun.now, begun.wall)


def _text(letter: Claimed, book: Book) -> str:
    if letter.channel == "wecom":
        staff = book.town.by_userid.get(letter.recipient.lower())
        name = staff.name if staff is not None else letter.recipient
        return say("task.staff_unreachable", name=name, userid=letter.recipient)
    return say(
        "task.not_delivered", number=letter.case_number or "—", text=wording.short(letter.text, 80)
    )


def _key(letter: Claimed, begun: Moment) -> str:
    """A task for each letter that a villager did not get, and one a day for a member of staff whom
    nothing reaches."""
    if letter.channel != "wecom":
        return f"letter:{letter.id}"
    return f"unreachable:{letter.recipient}:{begun.now.astimezone(SHANGHAI).date()}"


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
