"""Tasks: what a person has to look after because the service could not."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from storage.audit import TaskRow
from storage.session import ReadSession, WriteSession


def add(session: WriteSession, key: str, text: str, now: datetime, case: int | None = None) -> bool:
    """Add a task once; False if it is there already."""
    task = insert(TaskRow).values(key=key, at=now, text=text, case_number=case)
    return session.execute(task.on_conflict_do_nothing(index_elements=["key"])) == 1


def undone(session: ReadSession, limit: int = 20) -> list[TaskRow]:
    statement = select(TaskRow).where(sa.text("done_at IS NULL"))
    return list(session.all(statement.order_by(col(TaskRow.id)).limit(limit)))


def end(session: WriteSession, key: str, now: datetime) -> None:
    """What the task was about has been done; nothing if there is no such task."""
    session.execute(
        sa.update(TaskRow)
        .where(col(TaskRow.key) == key, sa.text("done_at IS NULL"))
        .values(done_at=now)
    )


def done(session: WriteSession, task: int, now: datetime) -> bool:
    return (
        session.execute(sa.update(TaskRow).where(col(TaskRow.id) == task).values(done_at=now)) == 1
    )
