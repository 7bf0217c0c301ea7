"""Bulk acts 批量: what was done to many cases by one word, so that it can be listed and undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from storage.columns import row_id, when
from storage.session import ReadSession, WriteSession


class BulkRow(SQLModel, table=True):
    """One bulk act: who said what, and whether it was taken back."""

    __tablename__: ClassVar[Any] = "bulk"

    id: int | None = row_id()
    at: datetime = when()
    actor: str = Field(index=True)
    command: str
    line: str  # as it was said
    undone_at: datetime | None = when(default=None, nullable=True)


class BulkCaseRow(SQLModel, table=True):
    """One case of it: done, or why not; who led it before."""

    __tablename__: ClassVar[Any] = "bulk_case"

    bulk: int = Field(
        primary_key=True,
        foreign_key="bulk.id",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    case_number: int = Field(
        primary_key=True,
        foreign_key="cases.number",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    former_post: str
    done: bool
    why: str = ""


def keep(
    session: WriteSession,
    *,
    actor: str,
    command: str,
    line: str,
    found: Sequence[BulkCaseRow],
    now: datetime,
) -> int:
    """Write a bulk act with its cases; says its number."""
    row = session.add(BulkRow(at=now, actor=actor, command=command, line=line))
    for each in found:
        each.bulk = row.id or 0
        session.add(each)
    return row.id or 0


def last(session: ReadSession, actor: str | None, limit: int = 10) -> list[BulkRow]:
    """The newest bulk acts, of one person or of everybody."""
    statement = select(BulkRow)
    if actor is not None:
        statement = statement.where(BulkRow.actor == actor)
    return list(session.all(statement.order_by(col(BulkRow.id).desc()).limit(limit)))


def find(session: ReadSession, bulk: int) -> BulkRow | None:
    return session.get(BulkRow, bulk)


def cases_of(session: ReadSession, bulk: int) -> list[BulkCaseRow]:
    found = select(BulkCaseRow).where(BulkCaseRow.bulk == bulk)
    return list(session.all(found.order_by(col(BulkCaseRow.case_number))))


def undone(session: WriteSession, bulk: int, now: datetime) -> None:
    session.execute(sa.update(BulkRow).where(col(BulkRow.id) == bulk).values(undone_at=now))
