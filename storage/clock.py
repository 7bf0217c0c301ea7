"""Clocks 时限: each promise is a row that says when, why then, and what follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when


class ClockRow(SQLModel, table=True):
    """`steps` is `casework.clocks.encode`, `moves` its `encode_moves`; `next_step` and `next_at` are
    null when nothing follows; while the clock is paused, `next_at` is when it goes on by itself."""

    __tablename__: ClassVar[Any] = "clock"
    __table_args__ = (
        sa.Index(
            "ix_clock_next_at",
            "next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_clock_provisional",
            "id",
            sqlite_where=sa.text("provisional"),
            postgresql_where=sa.text("provisional"),
        ),
    )

    id: int | None = row_id()
    case_number: int = big(foreign_key="cases.number", index=True)
    name: str
    level: str
    state: str = "running"  # running | paused | stopped
    started_at: datetime = when()
    due_at: datetime = when()
    stopped_at: datetime | None = when(default=None, nullable=True)
    provisional: bool
    explained: str
    steps: list[Any] = json()
    next_step: int | None = Field(default=None)
    next_at: datetime | None = when(default=None, nullable=True)
    due: str | None = None  # the length: `casework.duration.Duration.code`
    moves: list[Any] | None = json(nullable=True, default=None)
    paused_at: datetime | None = when(default=None, nullable=True)
    paused_for: str | None = None
