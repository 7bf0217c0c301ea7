"""The courier's side of the outbox: rows claimed with a lease, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from storage import hot, reach
from storage.limits import Limit, Meter
from storage.outbox import OutboxRow, priority_of, recipient_of
from storage.reach import DeliveryRow
from storage.session import ReadSession, WriteSession
from storage.villager import VillagerRow

LEASE = timedelta(seconds=20)  # what takes longer is renewed; a row of a dead process is free then
LINES = 40  # taken at once …
LETTERS = 5  # … and of each so many
OUT: Any = OutboxRow.__table__.c  # type: ignore[attr-defined]
DELIVERY: Any = DeliveryRow.__table__.c  # type: ignore[attr-defined]
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


@dataclass(frozen=True, slots=True)
class Parcel:
    """Letters that go out as one: one of them, or several that wait for the same person.
    `messages` is how many the platform will count."""

    letters: tuple[Claimed, ...]
    messages: int = 1

    @property
    def line(self) -> str:
        return self.letters[0].line

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(letter.id for letter in self.letters)


@dataclass(frozen=True, slots=True)
class Way:
    """What claiming has to know of a channel: its limits, and how it puts letters together."""

    pack: Callable[[Sequence[Claimed]], list[Parcel]]
    limits: tuple[Limit, ...] = ()
    letters: int = LETTERS  # of one line at once


def claim(
    session: WriteSession,
    now: datetime,
    wall: datetime,
    ways: Mapping[str, Way],
) -> list[Parcel]:
    """Take the next letters of each line that is free, the most urgent lines first, as many as the
    limits of their channel allow; of the channels that are named. Another worker cannot take
    them until the lease is over; call it under one key, so that two workers do not take from one
    line at once, and count together."""
    session.run(hot.WAKE_LETTERS, now=now)
    lines: dict[str, list[str]] = {}
    for line, channel in session.rows(hot.FREE_LINES, wall=wall, lines=LINES):
        if channel in ways:
            lines.setdefault(channel, []).append(line)
    parcels: list[Parcel] = []
    for channel, free in lines.items():
        parcels += _claim(session, ways[channel], channel, free, wall)
    return sorted(parcels, key=lambda parcel: (parcel.letters[0].priority, parcel.letters[0].id))


def _claim(
    session: WriteSession, way: Way, channel: str, lines: list[str], wall: datetime
) -> list[Parcel]:
    """Of one channel's free lines."""
    if not way.limits:
        return [parcel for line in lines for parcel in way.pack(_take(session, line, way, wall))]
    recipients = {recipient_of(line) for line in lines}
    meter = Meter(session, channel, way.limits, recipients, wall, LEASE)
    parcels = [p for line in lines for p in _within(session, way, meter, line, wall)]
    meter.keep(session)
    return parcels


def _within(
    session: WriteSession, way: Way, meter: Meter, line: str, wall: datetime
) -> Iterator[Parcel]:
    """What of a line may go now. A line without room is looked at again later."""
    recipient, priority = recipient_of(line), priority_of(line)
    room = meter.room(recipient, priority)
    if not room:
        rest = timedelta(seconds=meter.wait(recipient, priority))
        session.run(hot.REST_LINE, of=line, until=wall + rest)
        return
    left: list[int] = []
    for parcel in way.pack(_take(session, line, way, wall)):
        if left or (parcel.messages > room and parcel.messages <= meter.most(priority)):
            left += [letter.id for letter in parcel.letters]
            continue
        room -= parcel.messages
        meter.use(recipient, parcel.messages)
        yield parcel
    if left:
        release(session, left)


def _take(session: WriteSession, line: str, way: Way, wall: datetime) -> list[Claimed]:
    rows = session.run_returning(
        hot.CLAIM_LINE, of=line, letters=way.letters, until=wall + LEASE, wall=wall
    )
    return sorted((Claimed(*row) for row in rows), key=lambda letter: letter.id)


def sent(session: WriteSession, letter: int, now: datetime) -> None:
    session.run(hot.LETTER_SENT, letter=letter, now=now)


def arrived(session: WriteSession, letter: Claimed, parts: int, rest: str) -> None:
    """So many of its parts, and not yet the rest: only this is still to be told."""
    _update(session, letter.id, delivered=parts, more={**letter.more, "rest": rest})


def renew(session: WriteSession, letters: Sequence[int], wall: datetime) -> None:
    """Still on their way: they stay with their worker."""
    session.execute(
        sa.update(OutboxRow)
        .where(OUT.id.in_(letters), OUT.state == "pending", OUT.claimed_until.is_not(None))
        .values(claimed_until=wall + LEASE)
    )


def again(session: WriteSession, letter: Claimed, at: datetime, code: int, error: str) -> None:
    """Not sent; try again at this (real) time."""
    _update(
        session, letter.id,
        retry_at=at, claimed_until=None, attempts=letter.attempts + 1, code=code, error=error[:200],
    )  # fmt: skip


def release(session: WriteSession, letters: Sequence[int]) -> None:
    """Not tried: what was before them in the line did not get through."""
    session.execute(
        sa.update(OutboxRow)
        .where(OUT.id.in_(letters), OUT.state == "pending")
        .values(claimed_until=None)
    )


def give_up(session: WriteSession, letter: Claimed, state: str, code: int, error: str) -> None:
    """It will not be sent like this: `refused`, `overtaken` by what was done, or `held` until the
    person's next word."""
    _update(
        session, letter.id,
        state=state, claimed_until=None, attempts=letter.attempts + 1, code=code, error=error[:200],
    )  # fmt: skip
    if state == "held":
        _waits(session, letter)


def sleep(session: WriteSession, letter: Claimed, until: datetime) -> None:
    """It came too late for today: in the morning (town time) it is there again."""
    _update(session, letter.id, state="quiet", not_before=until, claimed_until=None)


def hold_again(session: WriteSession, row: OutboxRow, error: str) -> Claimed | None:
    """A letter that seemed sent was not: it waits for the person's next word. None: it waits
    already."""
    letter = _claimed(row)
    changed = session.execute(
        sa.update(OutboxRow)
        .where(OUT.id == letter.id, OUT.state == "sent")
        .values(state="held", error=error[:200], sent_at=None)
    )
    if not changed:
        return None
    _waits(session, letter)
    return letter


def held_since(session: ReadSession, before: datetime, limit: int) -> list[Claimed]:
    """Letters to villagers that matter, wait since then, and about which nobody phones yet."""
    phoned = sa.select(DELIVERY.letter).where(
        DELIVERY.letter == OUT.id, DELIVERY.rung == reach.PHONE
    )
    rows = session.all(
        select(OutboxRow)
        .where(
            sa.text("outbox.state = 'held'"),
            OUT.channel == "wechat",
            OUT.created_at <= before,
            ~phoned.exists(),
        )
        .order_by(col(OutboxRow.id))
        .limit(limit * 5)
    )
    return [_claimed(row) for row in rows if row.more.get("matters")][:limit]


def waiting(session: ReadSession, channel: str) -> dict[str, int]:
    """How many letters of a channel have been tried in vain, by recipient."""
    tried = sa.or_(OUT.state == "held", sa.and_(OUT.state == "pending", OUT.attempts > 0))
    statement = (
        sa.select(OUT.recipient, sa.func.count())
        .where(OUT.channel == channel, tried)
        .group_by(OUT.recipient)
    )
    return {recipient: int(count) for recipient, count in session.connection.execute(statement)}


def _claimed(row: OutboxRow) -> Claimed:
    return Claimed(*(getattr(row, name) for name in Claimed.__slots__))


def _waits(session: WriteSession, letter: Claimed) -> None:
    """Their next word will bring it along."""
    session.execute(
        sa.update(VillagerRow)
        .where(
            V.channel == letter.channel,
            V.account == letter.account,
            V.openid == letter.recipient,
        )
        .values(held=V.held + 1)
    )


def _update(session: WriteSession, letter: int, **values: Any) -> None:
    session.execute(
        sa.update(OutboxRow).where(OUT.id == letter, OUT.state == "pending").values(**values)
    )
