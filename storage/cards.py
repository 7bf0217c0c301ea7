"""Cards 黄牌红牌 by the post that got them, so that they can be counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from storage.columns import big, row_id, when
from storage.session import ReadSession, WriteSession


class CardRow(SQLModel, table=True):
    """One card. Reports about a person give none."""

    __tablename__: ClassVar[Any] = "card"
    __table_args__ = (sa.Index("ix_card_post_at", "post", "at"),)

    id: int | None = row_id()
    at: datetime = when()
    post: str
    color: str  # yellow | red
    case_number: int = big(foreign_key="cases.number")
    clock: str


def give(
    session: WriteSession, post: str, color: str, case: int, clock: str, now: datetime
) -> None:
    session.add(CardRow(at=now, post=post, color=color, case_number=case, clock=clock))


def count(session: ReadSession, post: str, color: str, since: datetime | None) -> int:
    """How many cards of this colour a post has got since then."""
    statement = sa.select(sa.func.count()).where(
        col(CardRow.post) == post, col(CardRow.color) == color
    )
    if since is not None:
        statement = statement.where(col(CardRow.at) >= since)
    return int(session.connection.execute(statement).scalar_one())
