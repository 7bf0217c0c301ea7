"""What became of letters: written down, and what follows when one does not arrive.

A villager who is not reached in any other way is phoned by the handler, if it matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from casework.calendar import SHANGHAI
from casework.case import Case, Event
from casework.rights import THE_SERVICE
from handlers import telling, wording
from handlers.copy import say
from handlers.message import Mend
from handlers.tasks import ask_admins
from handlers.turn import Occasion, by_itself
from storage import cases, reach, sending, tasks
from storage.book import Book
from storage.database import Moment
from storage.reach import Attempt
from storage.record import Letter, note, post
from storage.sending import Claimed
from storage.session import WriteSession

PHONE_AFTER: Final = timedelta(hours=24)  # that what matters waits for the villager's next word
SLICE: Final = 20


def together(texts: Sequence[str]) -> str:
    """Several letters as one message."""
    lines = "\n\n".join(f"{place}. {text}" for place, text in enumerate(texts, 1))
    return say("staff.gathered", count=len(texts), lines=lines)


def attempted(
    session: WriteSession, begun: Moment, letter: Claimed, attempts: Sequence[Attempt]
) -> None:
    """Each rung that was tried for a letter to a villager."""
    for each in attempts:
        reach.note(
            session, letter.id, letter.case_number, each.rung, each.outcome, begun.now,
            code=each.code, reason=each.reason, receipt=each.receipt,
        )  # fmt: skip


def held(session: WriteSession, begun: Moment, book: Book, letter: Claimed) -> None:
    """It waits for the recipient's next word. If that is a member of staff, an admin hears of it."""
    if letter.channel in ("wecom", "intake"):
        undelivered(session, begun, book, letter)
    elif letter.channel == "wechat":
        reach.note(session, letter.id, letter.case_number, reach.NEXT_WORD, "waits", begun.now)


def undelivered(
    session: WriteSession, begun: Moment, book: Book, letter: Claimed, reason: str = ""
) -> None:
    """A villager is phoned by the handler; an admin looks after a member of staff whom nothing
    reaches, and a robot that is not heard. Once for each letter."""
    occasion = by_itself(session, begun, book, f"o{letter.id}")
    case = _case(occasion, letter)
    if letter.channel == "wechat":
        reach.note(session, letter.id, letter.case_number, reach.PHONE, "waits", begun.now)
    if case is not None and letter.channel == "wechat":
        key = f"undelivered:{letter.id}"
        note(session, case.number, Event("undelivered", THE_SERVICE.label, key=key), begun.now)
        if case.protected:  # no task: these are read by admins
            letters = telling.to_post(occasion, case, case.lead_post, "protected", {}, "ordinary")
            post(session, letters, begun.now, begun.wall, case.number)
            return
    text = _text(letter, book, reason)
    if tasks.add(session, _key(letter, begun), text, begun.now, letter.case_number):
        post(session, _who(occasion, letter, case, text), begun.now, begun.wall, letter.case_number)


def phone(session: WriteSession, begun: Moment, book: Book) -> int:
    """What matters and has waited a day for the villager's next word: somebody phones."""
    waiting = sending.held_since(session, begun.now - PHONE_AFTER, SLICE)
    for letter in waiting:
        undelivered(session, begun, book, letter)
    return len(waiting)


def look_after(
    session: WriteSession,
    begun: Moment,
    book: Book,
    channel: str,
    code: int,
    reason: str,
    mend: Mend = "",
) -> None:
    """Something is wrong with the account that a person has to put right: a task for an admin,
    once a day for each thing. `mend` is what it is, where the copy can say how."""
    today = begun.now.astimezone(SHANGHAI).date()
    origin = f"account:{channel}:{code}:{today}"
    said = say(f"task.mend.{mend}") if mend else reason
    text = say("task.account", channel=say(f"word.platform.{channel}"), code=code, mend=said)
    ask_admins(by_itself(session, begun, book, origin), origin, text)


def reported(session: WriteSession, begun: Moment, book: Book, receipt: str, said: str) -> None:
    """The platform says how a template message ended. One that did not arrive is told otherwise."""
    found = reach.by_receipt(session, receipt)
    if found is None or said.startswith("success"):
        return
    delivery, row = found
    reach.note(
        session, delivery.letter, delivery.case_number, delivery.rung, "failed", begun.now,
        reason=said,
    )  # fmt: skip
    letter = sending.hold_again(session, row, said)
    if letter is not None:
        held(session, begun, book, letter)


def _text(letter: Claimed, book: Book, reason: str) -> str:
    if letter.channel == "robot":
        robot = book.town.robots.get(letter.recipient)
        name = robot.name if robot is not None else letter.recipient
        return say("task.robot_silent", name=name, reason=reason)
    if letter.channel == "wecom":
        staff = book.town.by_userid.get(letter.recipient.lower())
        name = staff.name if staff is not None else letter.recipient
        return say("task.staff_unreachable", name=name, userid=letter.recipient)
    if letter.channel == "intake":
        partner = book.partners.get(letter.recipient)
        name = partner.name if partner is not None else letter.recipient
        return say("task.partner_unreachable", name=name)
    return say(
        "task.not_delivered", number=letter.case_number or "—", text=wording.short(letter.text, 80)
    )


def _key(letter: Claimed, begun: Moment) -> str:
    """A task for each letter that a villager did not get, and one a day for a member of staff, a robot
    or a partner whom nothing reaches."""
    if letter.channel == "wechat":
        return f"letter:{letter.id}"
    return f"unreachable:{letter.recipient}:{begun.now.astimezone(SHANGHAI).date()}"


def _case(occasion: Occasion, letter: Claimed) -> Case | None:
    if letter.case_number is None:
        return None
    return cases.find(occasion.viewer, occasion.session, letter.case_number)


def _who(occasion: Occasion, letter: Claimed, case: Case | None, text: str) -> list[Letter]:
    if letter.channel != "wechat" or case is None:
        return [
            each for each in telling.to_admins(occasion, text) if each.recipient != letter.recipient
        ]
    lead = telling.leading(case, occasion)
    words: dict[str, Any] = {"text": text}
    return list(telling.to_post(occasion, case, lead, "please_phone", words, "ordinary"))
