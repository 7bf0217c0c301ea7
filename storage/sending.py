"""The courier's side of the outbox: rows claimed with a lease, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from storage import hot
from storage.message import AttachmentRow
from storage.outbox import OutboxRow
from storage.session import WriteSession
from storage.villager import VillagerRow

LEASE = timedelta(seconds=20)  # longer than a call may take; a row of a dead process is free then
LINES = 40  # taken at once …
LETTERS = 5  # … and of each so many
OUT: Any = OutboxRow.__table__.c  # type: ignore[attr-defined]
V: Any = VillagerRow.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox row, in the order of its columns."""

    id: int
    key: str
    channel: str
    account: str
    recipient: str
    line: str
    task: str
    priority: int
    text: str
    more: dict[str, Any]
    case_number: int | None
    created_at: datetime
    not_before: datetime
    retry_at: datetime
    claimed_until: datetime | None
    state: str
    attempts: int
    delivered: int
    code: int
    error: str
    sent_at: datetime | None


def claim(session: WriteSession, now: datetime, wall: datetime) -> list[Claimed]:
    """Take the next letters of each line that is free, the most urgent lines first. Another worker
    cannot take them until the lease is over; call it under one key, so that two workers do not
    take from one line at once."""
    session.run(hot.WAKE_LETTERS, now=now)
    letters: list[Claimed] = []
    for (line,) in session.rows(hot.FREE_LINES, wall=wall, lines=LINES):
        rows = session.run_returning(
            hot.CLAIM_LINE, of=line, letters=LETTERS, until=wall + LEASE, wall=wall
        )
        letters += sorted((Claimed(*row) for row in rows), key=lambda letter: letter.id)
    return letters


def sent(session: WriteSession, letter: int, now: datetime) -> None:
    session.run(hot.LETTER_SENT, letter=letter, now=now)


def again(
    session: WriteSession, letter: Claimed, at: datetime, code: int, error: str, delivered: int
) -> None:
    """Not sent; try again at this (real) time."""
    _update(
        session, letter.id,
        retry_at=at, claimed_until=None, attempts=letter.attempts + 1,
        code=code, error=error[:200], delivered=delivered,
    )  # fmt: skip


def release(session: WriteSession, letters: Sequence[int]) -> None:
    """Not tried: what was before them in the line did not get through."""
    session.execute(
        sa.update(OutboxRow)
        .where(OUT.id.in_(letters), OUT.state == "pending")
        .values(claimed_until=None)
    )


def give_up(session: WriteSession, letter: Claimed, state: str, code: int, error: str) -> None:
    """It will not be sent like this: `refused`, or `held` until the person's next word."""
    _update(
        session, letter.id,
        state=state, claimed_until=None, attempts=letter.attempts + 1, code=code, error=error[:200],
    )  # fmt: skip
    if state == "held":
        session.execute(
            sa.update(VillagerRow)
            .where(
                V.channel == letter.channel,
                V.account == letter.account,
                V.openid == letter.recipient,
            )
            .values(held=V.held + 1)
        )


def fetched(session: WriteSession, attachment: int, path: str, size: int) -> None:
    _attachment(session, attachment, state="kept", path=path, size=size)


def lost(session: WriteSession, attachment: int) -> None:
    _attachment(session, attachment, state="lost")


def _attachment(session: WriteSession, attachment: int, **values: Any) -> None:
    session.execute(
        sa.update(AttachmentRow).where(col(AttachmentRow.id) == attachment).values(**values)
    )


def _update(session: WriteSession, letter: int, **values: Any) -> None:
    session.execute(
        sa.update(OutboxRow).where(OUT.id == letter, OUT.state == "pending").values(**values)
    )
