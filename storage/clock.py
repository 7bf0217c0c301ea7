"""Clocks 时限: each promise is a row that says when, why then, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when


class ClockRow(SQLModel, table=True):
    """`steps` is `casework.clocks.encode`; `next_step` and `next_at` are null when nothing follows."""

    __tablename__: ClassVar[Any] = "clock"
    __table_args__ = (
        sa.Index(
            "ix_clock_next_at",
            "next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        ),
    )

    id: int | None = row_id()
    case_number: int = big(foreign_key="cases.number", index=True)
    name: str
    level: str
    state: str = "running"  # running | stopped
    started_at: datetime = when()
    due_at: datetime = when()
    stopped_at: datetime | None = when(default=None, nullable=True)
    provisional: bool
    explained: str
    steps: list[Any] = json()
    next_step: int | None = Field(default=None)
    next_at: datetime | None = when(default=None, nullable=True)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs, as the sweep needs it."""

    id: int
    case_number: int
    name: str
    due_at: datetime
    steps: list[Any]
    next_step: int
