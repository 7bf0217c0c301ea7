"""Answers that villagers were told at once: which one, to what message, and whether it was enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from storage.columns import big, row_id, when
from storage.message import MessageRow
from storage.session import ReadSession, WriteSession


class ToldAnswerRow(SQLModel, table=True):
    """One time that an answer was told. What was asked stands with the message, where it can go."""

    __tablename__: ClassVar[Any] = "told_answer"
    __table_args__ = (
        sa.Index("ix_told_answer_villager", "villager", "id"),
        sa.Index("ix_told_answer_answer", "answer"),
    )

    id: int | None = row_id()
    villager: int = big(foreign_key="villager.id")
    message: int = big(foreign_key="message.id")
    answer: str
    version: int
    at: datetime = when()
    case_number: int | None = big(default=None, nullable=True)  # opened after all: 没解决


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """The answer that a villager was told last, and the words that asked for it."""

    id: int
    answer: str
    version: int
    at: datetime
    message: int
    question: str


def keep(
    session: WriteSession, villager: int, message: int, answer: str, version: int, now: datetime
) -> None:
    session.add(
        ToldAnswerRow(villager=villager, message=message, answer=answer, version=version, at=now)
    )


def last(session: ReadSession, villager: int, since: datetime) -> ToldAnswer | None:
    """What the villager was told last, since then, unless a case has come of it."""
    row = session.first(
        select(ToldAnswerRow, MessageRow.text)
        .join(MessageRow, col(MessageRow.id) == col(ToldAnswerRow.message))
        .where(col(ToldAnswerRow.villager) == villager, col(ToldAnswerRow.at) >= since)
        .order_by(col(ToldAnswerRow.id).desc())
    )
    if row is None or row[0].case_number is not None:
        return None
    told, text = row
    return ToldAnswer(told.id or 0, told.answer, told.version, told.at, told.message, text)


def not_enough(session: WriteSession, told: int, case: int) -> None:
    """A case was opened, because the answer did not help."""
    session.execute(
        sa.update(ToldAnswerRow).where(col(ToldAnswerRow.id) == told).values(case_number=case)
    )


def counts(session: ReadSession, answer: str) -> tuple[int, int]:
    """How often an answer was told, and how often that was not enough."""
    row = session.connection.execute(
        sa.select(sa.func.count(), sa.func.count(col(ToldAnswerRow.case_number))).where(
            col(ToldAnswerRow.answer) == answer
        )
    ).one()
    return int(row[0]), int(row[1])
