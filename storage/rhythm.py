"""What comes again 节奏 as rows: when each is due next, and how far its present turn has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from storage.columns import moment, when
from storage.session import ReadSession, WriteSession


class RhythmRow(SQLModel, table=True):
    """`slot` is the turn that is due or being worked, `cursor` how far it has come."""

    __tablename__: ClassVar[Any] = "rhythm"

    id: str = Field(primary_key=True)
    rule: str
    slot: datetime | None = when(default=None, nullable=True)
    cursor: str | None = None
    next_at: datetime | None = when(default=None, nullable=True)
    last_at: datetime | None = when(default=None, nullable=True)


R: Any = RhythmRow.__table__.c  # type: ignore[attr-defined]


def rules(session: ReadSession) -> dict[str, str]:
    """What comes again, as it was last written: id → rule."""
    return {row.id: row.rule for row in session.connection.execute(sa.select(R.id, R.rule))}


def plan(session: WriteSession, new: Mapping[str, tuple[str, datetime | None]]) -> None:
    """Write rows whose rule is new, with the first time at which they come."""
    for identity, (rule, at) in new.items():
        values = {"rule": rule, "slot": at, "next_at": at, "cursor": None}
        row = insert(RhythmRow).values(id=identity, **values)
        session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def drop(session: WriteSession, gone: list[str]) -> None:
    session.execute(sa.delete(RhythmRow).where(R.id.in_(gone)))


def due(session: WriteSession, now: datetime) -> RhythmRow | None:
    """The row that has been due for longest; locked on PostgreSQL, where another replica passes it."""
    found: RhythmRow | None = session.first(
        select(RhythmRow)
        .where(R.next_at.is_not(None), R.next_at <= now)
        .order_by(R.next_at, R.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


def go_on(session: WriteSession, identity: str, cursor: str) -> None:
    """A slice of the turn is done."""
    session.execute(sa.update(RhythmRow).where(R.id == identity).values(cursor=cursor))


def turn(session: WriteSession, identity: str, now: datetime, following: datetime | None) -> None:
    """The turn is over; the next one comes then."""
    values = {"slot": following, "next_at": following, "cursor": None, "last_at": now}
    session.execute(sa.update(RhythmRow).where(R.id == identity).values(values))


def postpone(session: WriteSession, identity: str, until: datetime) -> None:
    """A turn that failed is tried again later, and holds up no other."""
    session.execute(sa.update(RhythmRow).where(R.id == identity).values(next_at=until))


def last(session: ReadSession, identity: str) -> datetime | None:
    """When it came last."""
    found: datetime | None = session.connection.execute(
        sa.select(R.last_at).where(col(RhythmRow.id) == identity)
    ).scalar()
    return found


def soonest(session: ReadSession) -> datetime | None:
    """When what comes again is due next; long past: nobody works it."""
    found = session.connection.execute(sa.select(sa.func.min(R.next_at))).scalar()
    return None if found is None else moment(found) if isinstance(found, int) else found
