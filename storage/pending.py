"""What was asked of a person and waits for their next word: an argument, a 是, a 确认."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from storage.columns import json, when
from storage.session import ReadSession, WriteSession

WAITS: Final = timedelta(minutes=5)  # of the town's time; then it counts as forgotten


class PendingRow(SQLModel, table=True):
    """One question for each person: a newer one takes its place."""

    __tablename__: ClassVar[Any] = "pending"

    person: str = Field(primary_key=True)  # channel:account:sender
    at: datetime = when()
    kind: str  # ask | meant | confirm
    data: dict[str, Any] = json()


def put(session: WriteSession, person: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    values = {"at": now, "kind": kind, "data": data}
    question = insert(PendingRow).values(person=person, **values)
    session.execute(question.on_conflict_do_update(index_elements=["person"], set_=values))


def waiting(session: ReadSession, person: str, now: datetime) -> PendingRow | None:
    """The question that waits for this person's answer, if it was asked just now."""
    row = session.first(select(PendingRow).where(col(PendingRow.person) == person))
    return row if row is not None and now - row.at <= WAITS else None


def drop(session: WriteSession, person: str) -> None:
    session.execute(sa.delete(PendingRow).where(col(PendingRow.person) == person))
