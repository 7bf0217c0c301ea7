"""Incoming messages: taken in once, finished once, tried again when their handler failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from storage import hot
from storage.message import AttachmentRow, MessageRow
from storage.outbox import PRIORITY, line_of
from storage.session import ReadSession, WriteSession

ATTEMPTS = 3
RETRY_AFTER = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))


@dataclass(frozen=True, slots=True)
class Known:
    """A message that was taken in before."""

    id: int
    state: str
    reply: str | None
    buttons: Sequence[Any]


def take_in(
    session: WriteSession, values: dict[str, Any], now: datetime, wall: datetime
) -> int | None:
    """Write the incoming row. None if a message with this key is there already."""
    rows = session.run_returning(hot.INSERT_MESSAGE, **values, at=now, received_at=wall)
    return int(rows[0][0]) if rows else None


def known(session: ReadSession, key: str) -> Known | None:
    found = session.row(hot.KNOWN_MESSAGE, key=key)
    return None if found is None else Known(*found)


def finish(
    session: WriteSession,
    message: int,
    *,
    reply: str | None,
    buttons: Sequence[Any] = (),
    case: int | None = None,
    attempts: int = 1,
) -> None:
    """The message is done. `reply` None: there is none, or it went to the outbox."""
    row = {
        "message": message,
        "reply": reply,
        "buttons": list(buttons),
        "case_number": case,
        "attempts": attempts,
    }
    session.later(hot.FINISH_MESSAGE, [row])


def fail(
    session: WriteSession,
    message: int,
    error: str,
    reply: str | None,
    attempts: int,
    wall: datetime,
) -> None:
    """The handler failed: try again later, three times in all."""
    tries_left = attempts < ATTEMPTS
    session.run(
        hot.FAIL_MESSAGE,
        message=message,
        state="failed" if tries_left else "given_up",
        reply=reply,
        attempts=attempts,
        retry_at=wall + RETRY_AFTER[attempts - 1] if tries_left else None,
        error=error[:500],
    )


def to_retry(session: ReadSession, wall: datetime, limit: int = 20) -> list[MessageRow]:
    """Failed messages whose time has come."""
    statement = select(MessageRow).where(
        sa.text("message.retry_at IS NOT NULL"),
        col(MessageRow.retry_at) <= wall,
    )
    return list(session.all(statement.order_by(col(MessageRow.id)).limit(limit)))


def failed(session: ReadSession, message: int, wall: datetime) -> MessageRow | None:
    """The message, if it still waits for another try."""
    row = session.get(MessageRow, message)
    waits = row is not None and row.retry_at is not None and row.retry_at <= wall
    return row if waits else None


def last_about(session: ReadSession, person: str, since: datetime) -> int | None:
    """The case that this person's last words, since then, were about."""
    row = session.first(
        select(MessageRow)
        .where(
            col(MessageRow.person) == person,
            col(MessageRow.case_number).is_not(None),
            col(MessageRow.at) >= since,
        )
        .order_by(col(MessageRow.id).desc())
    )
    return None if row is None else row.case_number


def last_words(session: ReadSession, person: str, before: int) -> str | None:
    """What this person said last, if it did not become a case."""
    row = _before(session, person, before)
    return row.text if row is not None and row.text and row.case_number is None else None


def words_before(session: ReadSession, person: str, before: int) -> str:
    """What this person said last, whatever became of it."""
    row = _before(session, person, before)
    return row.text if row is not None else ""


def words_between(session: ReadSession, person: str, after: int, before: int) -> list[str]:
    """What this person said between two messages, as far as it did not become a case."""
    here = (col(MessageRow.id) > after, col(MessageRow.id) < before)
    own = (col(MessageRow.person) == person, col(MessageRow.case_number).is_(None))
    said = select(MessageRow.text).where(*here, *own).order_by(col(MessageRow.id))
    return [text for text in session.all(said) if text]


def reply_before(session: ReadSession, person: str, before: int) -> str:
    """What this person was answered last; "" if nothing was, or it is not kept any more."""
    row = _before(session, person, before)
    return (row.reply or "") if row is not None else ""


def _before(session: ReadSession, person: str, message: int) -> MessageRow | None:
    found: MessageRow | None = session.first(
        select(MessageRow)
        .where(col(MessageRow.person) == person, col(MessageRow.id) < message)
        .order_by(col(MessageRow.id).desc())
    )
    return found


def keep_attachment(
    session: WriteSession,
    message: int,
    case: int | None,
    medium: dict[str, str],
    person: str,
    now: datetime,
    wall: datetime,
) -> None:
    """Remember that a medium belongs to a message, and that it has to be fetched."""
    row = session.add(
        AttachmentRow(
            message=message,
            case_number=case,
            kind=medium["kind"],
            media_id=medium["media_id"],
            format=medium["format"],
        )
    )
    channel, account, sender = person.split(":", 2)
    session.run(
        hot.INSERT_OUTBOX,
        key=f"fetch:{row.id}",
        channel=channel,
        account=account,
        recipient=sender,
        line=line_of(channel, account, sender, PRIORITY["urgent"]),
        task="fetch",
        priority=PRIORITY["urgent"],
        text=row.media_id,
        more={"attachment": row.id},
        case_number=case,
        created_at=now,
        not_before=now,
        retry_at=wall,
        state="pending",
    )
