"""One message's way through the house: taken in, worked, answered; all in one transaction.

1. The incoming row is written first. If its key is known, the stored answer is given again.
2. Who is it? A villager on 公众号, a member of staff on 企业微信, a partner 对接单位 by the intake.
3. The handler runs in a savepoint of its own. If it fails, its rows are rolled back, the message is
   marked and tried again later, the person reads a kind sentence, an admin gets a task.
4. In the last step the reply is kept with the message, or, if nobody waits for it any more,
   put into the outbox.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol, cast

from casework.rights import Actor
from handlers import wording
from handlers.acting import Ask, Sorry
from handlers.commands import find
from handlers.copy import say
from handlers.message import Attachment, Button, Incoming, Location, Order, Press, Reply
from handlers.partner.orders import take
from handlers.staff.conversation import COMMANDS, command, trailed
from handlers.tasks import ask_admins
from handlers.timed.late import is_overtaken
from handlers.turn import Turn, by_itself
from handlers.villager.conversation import converse
from handlers.villager.window import opened_by
from storage import incoming, people
from storage.book import Book
from storage.database import Moment
from storage.message import MessageRow
from storage.record import Letter, post
from storage.session import ReadSession, WriteSession

log = logging.getLogger("xiaoge.dispatch")

READING: Final = tuple(each for each in COMMANDS if each.reads)


class Waiting(Protocol):
    """Whether the person still waits for the answer in the same HTTP request."""

    def take_answer(self) -> bool:
        """True, once, if the answer can still go out in the request; it must then be given."""
        ...


def handle(
    session: WriteSession,
    begun: Moment,
    book: Book,
    message: Incoming,
    waiting: Waiting,
    prepared: Reply | None = None,
) -> Reply | None:
    """Work one message. None: nothing to say in this request.

    `prepared` is the answer to a question that only reads (`answer_reading`): then there is
    nothing left to do but to keep message and answer.
    """
    row = incoming.take_in(session, _row(message), begun.now, begun.wall)
    if row is None:
        return _again(session, message)
    return _work(session, begun, book, message, row, 1, waiting, prepared)


def only_reads(message: Incoming) -> bool:
    """True for a question of staff that may take long and changes nothing (统计)."""
    if message.channel != "wecom" or message.kind != "text":
        return False
    said = find(message.text, READING)
    return said is not None


def answer_reading(session: ReadSession, begun: Moment, book: Book, message: Incoming) -> Reply:
    """Answer such a question on a read session."""
    return _answer(_turn(cast(WriteSession, session), begun, book, message, None))


def retry(session: WriteSession, begun: Moment, book: Book, row: MessageRow) -> None:
    """Try a message again whose handler failed. Its answer goes to the outbox."""
    if row.id is not None:
        _work(session, begun, book, _message(row), row.id, row.attempts + 1, _Nobody())


class _Nobody:
    def take_answer(self) -> bool:
        return False


def _work(
    session: WriteSession,
    begun: Moment,
    book: Book,
    message: Incoming,
    row: int,
    attempt: int,
    waiting: Waiting,
    prepared: Reply | None = None,
) -> Reply | None:
    try:
        with session.nested():
            turn = _turn(session, begun, book, message, row)
            reply = _answer(turn) if prepared is None else trailed(turn, prepared)
            _attachment(turn)
    except Exception as error:
        log.exception("message %s failed, attempt %s", row, attempt)
        return _failed(session, begun, book, message, row, attempt, error, waiting)
    return _finish(session, begun, turn, reply, row, attempt, waiting)


def _answer(turn: Turn) -> Reply:
    try:
        if turn.villager is not None:
            reply = converse(turn)
        else:
            reply = take(turn) if turn.actor.partner is not None else command(turn)
    except Sorry as sorry:
        reply = Reply(str(sorry), refused=not isinstance(sorry, Ask))
    return _with_held(turn, reply) if turn.message is not None else reply


def _with_held(turn: Turn, reply: Reply) -> Reply:
    """What could not be told since is told with the next word, if it still has to be."""
    overtaken = partial(is_overtaken, turn.session)
    if turn.villager is not None:
        if not turn.villager.held or turn.incoming.event == "unsubscribe":
            return reply
        texts = people.take_held(turn.session, turn.villager, turn.now, overtaken)
    elif turn.actor.staff is not None:
        texts = people.take_held_of_staff(
            turn.session, turn.actor.staff.userid, turn.now, overtaken
        )
    else:
        return reply
    return Reply("\n\n".join(filter(None, (reply.text, *texts))), reply.buttons)


def _turn(
    session: WriteSession, begun: Moment, book: Book, message: Incoming, row: int | None
) -> Turn:
    villager = None
    if message.channel == "wechat":
        villager = people.meet(
            session,
            message.channel,
            message.account,
            message.sender,
            begun.now,
            begun.wall,
            *opened_by(message, begun.wall),
        )
        actor = Actor(f"villager:{villager.id}", villager=villager.id)
    elif message.channel == "intake":
        actor = Actor(f"partner:{message.sender}", partner=message.sender)
    else:
        staff = book.town.by_userid.get(message.sender.lower())
        actor = Actor(f"staff:{staff.id}" if staff else f"stranger:{message.sender}", staff=staff)
    return Turn(
        actor=actor,
        now=begun.now,
        wall=begun.wall,
        book=book,
        session=session,
        origin=f"m{row}",
        message=row,
        incoming=message,
        villager=villager,
    )


def _finish(
    session: WriteSession,
    begun: Moment,
    turn: Turn,
    reply: Reply,
    row: int,
    attempt: int,
    waiting: Waiting,
) -> Reply | None:
    """The last step before the commit: is somebody still waiting? A press has no answer of its own."""
    if turn.incoming.press is not None or not waiting.take_answer():
        incoming.finish(session, row, reply=None, case=turn.about, attempts=attempt)
        _later(session, begun, turn.incoming, f"reply:{row}", reply.text)
        return None
    now, rest = wording.first_part(reply.text)
    buttons = [asdict(button) for button in reply.buttons]
    incoming.finish(session, row, reply=now, buttons=buttons, case=turn.about, attempts=attempt)
    _later(session, begun, turn.incoming, f"reply:{row}:rest", rest)
    return Reply(now, reply.buttons) if now else None


def _failed(
    session: WriteSession,
    begun: Moment,
    book: Book,
    message: Incoming,
    row: int,
    attempt: int,
    error: Exception,
    waiting: Waiting,
) -> Reply | None:
    """Nothing is lost: the row stays, somebody is told, a sweep tries again."""
    reply = Reply(say("villager.failed"))
    waits = waiting.take_answer()
    incoming.fail(
        session, row, type(error).__name__, reply.text if waits else None, attempt, begun.wall
    )
    if attempt in (1, incoming.ATTEMPTS):
        _tell_admins(session, begun, book, row, attempt)
    return reply if waits else None


def _tell_admins(session: WriteSession, begun: Moment, book: Book, row: int, attempt: int) -> None:
    """Once that a message failed, once that it was given up; each stays as a task."""
    what = "message_failed" if attempt == 1 else "message_given_up"
    text = say(f"task.{what}", message=row)
    ask_admins(by_itself(session, begun, book, f"m{row}:{what}"), f"{what}:{row}", text)


def _again(session: WriteSession, message: Incoming) -> Reply | None:
    """A delivery of a message that is here already: the stored answer, or nothing."""
    known = incoming.known(session, message.key)
    if known is None or not known.reply:
        return None
    return Reply(known.reply, tuple(Button(**button) for button in known.buttons))


def _later(session: WriteSession, begun: Moment, message: Incoming, key: str, text: str) -> None:
    """What does not go out in the request goes through the outbox; a partner asks for it."""
    if not text or message.channel == "intake":
        return
    letter = Letter(
        channel=message.channel,
        account=message.account,
        recipient=message.sender,
        key=key,
        text=text,
        importance="urgent",
        not_before=begun.now,
        more={"matters": True},
    )
    post(session, [letter], begun.now, begun.wall)


def _attachment(turn: Turn) -> None:
    """A medium is kept with the case and fetched at once: the platform forgets it after three days."""
    medium = turn.incoming.attachment
    if medium is None or turn.message is None:
        return
    incoming.keep_attachment(
        turn.session,
        turn.message,
        turn.about,
        asdict(medium),
        turn.incoming.person,
        turn.now,
        turn.wall,
    )


def _row(message: Incoming) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if message.event:
        more["event"] = [message.event, message.event_key]
    if message.attachment is not None:
        more["attachment"] = asdict(message.attachment)
    if message.location is not None:
        more["location"] = asdict(message.location)
    if message.press is not None:
        more["press"] = asdict(message.press)
    if message.order is not None:
        more["order"] = asdict(message.order)
    return {
        "key": message.key,
        "person": message.person,
        "kind": message.kind,
        "text": message.text,
        "more": more,
    }


def _message(row: MessageRow) -> Incoming:
    """The message as it came in, from its row."""
    channel, account, sender = row.person.split(":", 2)
    event, event_key = row.more.get("event", ("", ""))
    attachment, location = row.more.get("attachment"), row.more.get("location")
    press, order = row.more.get("press"), row.more.get("order")
    return Incoming(
        channel=channel,  # type: ignore[arg-type]
        account=account,
        sender=sender,
        key=row.key,
        kind=row.kind,  # type: ignore[arg-type]
        sent_at=row.received_at,
        text=row.text,
        event=event,
        event_key=event_key,
        attachment=Attachment(**attachment) if attachment else None,
        location=Location(**location) if location else None,
        press=Press(**press) if press else None,
        order=_order(**order) if order else None,
    )


def _order(wanted_by: str | None, **kept: Any) -> Order:
    return Order(wanted_by=datetime.fromisoformat(wanted_by) if wanted_by else None, **kept)
