"""Clocks whose time has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import hot
from storage.clock import Clock, ClockRow
from storage.outbox import OutboxRow
from storage.session import ReadSession, WriteSession

K: Any = ClockRow.__table__.c  # type: ignore[attr-defined]
OUT: Any = OutboxRow.__table__.c  # type: ignore[attr-defined]


def due(session: ReadSession, now: datetime, limit: int) -> list[int]:
    """Ids of the clocks of which a step is due, the earliest first."""
    return [row[0] for row in session.rows(hot.DUE_CLOCKS, now=now, limit=limit)]


def running(session: ReadSession, clock: int) -> Clock | None:
    """The clock, if it still runs and something follows."""
    found = session.row(hot.RUNNING_CLOCK, clock=clock)
    return None if found is None else Clock(*found)


def move_on(
    session: WriteSession, clock: int, next_step: int | None, next_at: datetime | None
) -> None:
    """A step is done; this one comes next."""
    session.run(hot.MOVE_CLOCK, clock=clock, next_step=next_step, next_at=next_at)


def postpone(session: WriteSession, clock: int, until: datetime) -> None:
    """A clock that could not be worked is tried again later, and holds up no other."""
    session.execute(sa.update(ClockRow).where(K.id == clock).values(next_at=until))


def next_moment(session: ReadSession, after: datetime) -> datetime | None:
    """When the next thing happens by itself: a step of a clock, or a letter that waits for morning."""
    step = session.connection.execute(
        sa.select(sa.func.min(K.next_at)).where(K.next_at.is_not(None))
    )
    letter = session.connection.execute(
        sa.select(sa.func.min(OUT.not_before)).where(
            sa.text("outbox.state = 'quiet'"), OUT.not_before > after
        )
    )
    moments = [moment for moment in (step.scalar(), letter.scalar()) if moment is not None]
    return min(moments, default=None)
