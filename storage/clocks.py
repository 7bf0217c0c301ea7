"""Clocks whose time has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.clocks import STOPPED, Clock, decode, decode_moves, encode, encode_moves
from casework.duration import Duration
from storage import hot
from storage.case import CaseRow
from storage.clock import ClockRow
from storage.outbox import OutboxRow
from storage.rhythm import RhythmRow
from storage.session import ReadSession, WriteSession

C: Any = CaseRow.__table__.c  # type: ignore[attr-defined]
K: Any = ClockRow.__table__.c  # type: ignore[attr-defined]
OUT: Any = OutboxRow.__table__.c  # type: ignore[attr-defined]


def due(session: WriteSession, now: datetime, limit: int) -> list[int]:
    """Ids of the clocks of which a step is due, the earliest first; on PostgreSQL with their cases
    locked, and without those on which somebody else is working: replicas share what is due."""
    return [row[0] for row in session.rows(hot.DUE_CLOCKS, now=now, limit=limit)]


def find(session: ReadSession, clock: int) -> Clock | None:
    """The clock, if it has not stopped and something follows."""
    found = session.row(hot.DUE_CLOCK, clock=clock)
    return None if found is None else _value(*found)


def has_stopped(session: ReadSession, clock: int) -> bool:
    """What it promised was done, or is promised by another one."""
    state = session.connection.execute(sa.select(K.state).where(K.id == clock)).scalar()
    return bool(state == STOPPED)


def of_case(session: ReadSession, case: int) -> list[Clock]:
    """The clocks of a case, which somebody has been shown or has taken, that have not stopped."""
    return [_value(*row) for row in session.rows(hot.CLOCKS_OF_CASE, case=case)]


def _value(
    identity: int,
    case_number: int,
    name: Any,
    level: str,
    state: str,
    started_at: datetime,
    due_at: datetime,
    provisional: bool,
    explained: str,
    length: str,
    moves: list[Any] | None,
    steps: list[Any],
    next_step: int | None,
    next_at: datetime | None,
    paused_at: datetime | None,
    paused_for: str | None,
) -> Clock:
    return Clock(
        identity, case_number, name, level, state, started_at, due_at, provisional, explained,
        Duration.coded(length), decode_moves(moves or ()), decode(steps), next_step, next_at,
        paused_at, paused_for or "",
    )  # fmt: skip


def change(session: WriteSession, clock: Clock) -> None:
    """Write a clock that stands still, goes on, or was reckoned anew."""
    session.run(
        hot.CHANGE_CLOCK,
        clock=clock.id,
        state=clock.state,
        due_at=clock.due_at,
        provisional=clock.provisional,
        explained=clock.explained,
        moves=encode_moves(clock.moves),
        steps=encode(clock.steps),
        next_at=clock.next_at,
        paused_at=clock.paused_at,
        paused_for=clock.paused_for or None,
    )


def provisional(session: ReadSession, after: int, limit: int) -> list[int]:
    """Ids of the clocks that run into a year of which the 放假安排 was not known."""
    rows = session.connection.execute(
        sa.select(K.id)
        .where(sa.text("clock.provisional"), K.state != STOPPED, K.id > after)
        .order_by(K.id)
        .limit(limit)
    )
    return [row[0] for row in rows]


def promise_anew(session: WriteSession, clock: Clock) -> None:
    """What the case promises by this clock."""
    columns = {"settle": C.settle_by, "reply": C.promised_at}
    if (column := columns.get(clock.name)) is not None:
        session.execute(
            sa.update(CaseRow).where(C.number == clock.case_number).values({column: clock.due_at})
        )


def move_on(
    session: WriteSession, clock: int, next_step: int | None, next_at: datetime | None
) -> None:
    """A step is done; this one comes next."""
    session.run(hot.MOVE_CLOCK, clock=clock, next_step=next_step, next_at=next_at)


def postpone(session: WriteSession, clock: int, until: datetime) -> None:
    """A clock that could not be worked is tried again later, and holds up no other."""
    session.execute(sa.update(ClockRow).where(K.id == clock).values(next_at=until))


def next_moment(session: ReadSession, after: datetime) -> datetime | None:
    """When the next thing happens by itself: a step of a clock, a letter that waits for morning,
    something that comes again."""
    step = session.connection.execute(
        sa.select(sa.func.min(K.next_at)).where(K.next_at.is_not(None))
    )
    letter = session.connection.execute(
        sa.select(sa.func.min(OUT.not_before)).where(
            sa.text("outbox.state = 'quiet'"), OUT.not_before > after
        )
    )
    rhythm = session.connection.execute(sa.select(sa.func.min(RhythmRow.next_at)))
    found = (step.scalar(), letter.scalar(), rhythm.scalar())
    moments = [moment for moment in found if moment is not None]
    return min(moments, default=None)
