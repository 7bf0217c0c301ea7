"""Media that have come: given to who works on the case, or to whom it concerns."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from casework.case import Case
from casework.hours import after_quiet
from handlers import telling
from handlers.copy import say
from handlers.tasks import ask_admins
from handlers.turn import Occasion, by_itself
from storage import cases, media, people
from storage.book import Book
from storage.database import Moment
from storage.message import AttachmentRow
from storage.record import Letter, post
from storage.session import WriteSession

GIVEN: Final = 6  # of one case at once
ENDED: Final = ("answered", "settled")


def arrived(session: WriteSession, begun: Moment, book: Book, number: int) -> None:
    """A villager's picture goes to the handler; the handler's, once the case is concluded, to the
    villagers. Of a protected case nothing is pushed: who may see it asks for it."""
    row = media.attachment(session, number)
    if row is None or row.case_number is None:
        return
    occasion = by_itself(session, begun, book, f"a{number}")
    case = cases.find(occasion.viewer, session, row.case_number)
    if case is None or case.protected:
        return
    if media.sender(session, row).startswith("wechat:"):
        letters = _to_handler(occasion, case, row)
    elif case.state in ENDED and row.kind in ("image", "video"):
        letters = _to_villagers(occasion, case, row)
    else:
        return
    post(session, letters, begun.now, begun.wall, case.number)


def shown(occasion: Occasion, case: Case) -> None:
    """Who looks at a case gets what belongs to it, on their own phone."""
    staff = occasion.actor.staff
    if staff is None:
        return
    rows = media.of_case(occasion.viewer, occasion.session, case.number)[-GIVEN:]
    letters = [
        _letter(
            row,
            "wecom",
            "",
            staff.userid,
            f"{occasion.origin}:medium:{row.id}",
            "",
            occasion.now,
        )
        for row in rows
    ]
    post(occasion.session, letters, occasion.now, occasion.wall, case.number)


def _to_handler(occasion: Occasion, case: Case, row: AttachmentRow) -> list[Letter]:
    """To whom the case itself went; the letter that tells of it has gone before."""
    text = say("tell.medium", number=case.number, what=say(f"word.medium.{row.kind}"))
    lead = telling.leading(case, occasion)
    words = {"text": text}
    asked = telling.to_post(occasion, case, lead, "medium_words", words, case.urgency)
    return [
        _letter(
            row, "wecom", "", letter.recipient, f"medium:{row.id}:{letter.recipient}", text,
            letter.not_before, letter.importance,
        )
        for letter in asked
    ]  # fmt: skip


def _to_villagers(occasion: Occasion, case: Case, row: AttachmentRow) -> list[Letter]:
    text = say("tell.closing_picture", number=case.number)
    return [
        _letter(
            row, each.channel, each.account, each.openid, f"medium:{row.id}:v{each.id}", text,
            after_quiet(occasion.town, "ordinary", occasion.now),
        )
        for each in people.parties(occasion.session, case.number, case.villager)
    ]  # fmt: skip


def _letter(
    row: AttachmentRow,
    channel: str,
    account: str,
    recipient: str,
    key: str,
    text: str,
    not_before: datetime,
    importance: str = "ordinary",
) -> Letter:
    return Letter(
        channel=channel,
        account=account,
        recipient=recipient,
        key=key,
        text=text,
        importance=importance,
        not_before=not_before,
        more={"attachment": row.id},
        task="give",
    )


def too_many(session: WriteSession, begun: Moment, book: Book, limit: int) -> None:
    """Open cases alone hold more than the folder may: an admin hears of it, once a month."""
    occasion = by_itself(session, begun, book, f"media:{begun.now:%Y-%m}")
    text = say("task.media_full", limit=limit)
    ask_admins(occasion, occasion.origin, text, "ordinary")
