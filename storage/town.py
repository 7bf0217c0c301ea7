"""What the town has decided: versioned entries, never overwritten, and the revision of it all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from storage.columns import big, when
from storage.session import ReadSession, WriteSession


class TownEntry(SQLModel, table=True):
    """One version of one entry of the town file, a lexicon rule, a setting. The newest counts."""

    __tablename__: ClassVar[Any] = "town_entry"

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    value: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True), nullable=True)
    source: str  # file | chat | cli
    changed_by: str
    changed_at: datetime = when()


class TownState(SQLModel, table=True):
    """One row. `revision` grows with every change of what the book is made of."""

    __tablename__: ClassVar[Any] = "town_state"

    id: int = Field(default=1, primary_key=True)
    revision: int = big(default=1)
    clock_offset: int = big(default=0)  # milliseconds the town clock is ahead (demo)


class CalendarDay(SQLModel, table=True):
    """A day and whether it is worked. Seeded from the State Council's notices, editable."""

    __tablename__: ClassVar[Any] = "calendar_day"

    day: date = Field(primary_key=True)
    working: bool
    name: str = ""
    source: str = ""


Entries = dict[str, dict[str, dict[str, Any]]]  # kind → id → value, as in the town file


def versions(session: ReadSession) -> dict[tuple[str, str], TownEntry]:
    """The newest version of every entry, those that were taken back included."""
    found = session.all(_newest(select(TownEntry)))
    return {(entry.kind, entry.id): entry for entry in found}


def _newest(statement: Any) -> Any:
    """Of the newest versions, in the order in which they were written."""
    newest = sa.select(
        col(TownEntry.kind), col(TownEntry.id), sa.func.max(col(TownEntry.version)).label("version")
    )
    last = newest.group_by(col(TownEntry.kind), col(TownEntry.id)).subquery()
    is_last = sa.and_(
        col(TownEntry.kind) == last.c.kind,
        col(TownEntry.id) == last.c.id,
        col(TownEntry.version) == last.c.version,
    )
    order = (col(TownEntry.changed_at), col(TownEntry.version))
    return statement.join(last, is_last).order_by(*order)


def history(session: ReadSession, kind: str, identity: str) -> list[TownEntry]:
    """All versions of one entry, the oldest first."""
    statement = select(TownEntry).where(col(TownEntry.kind) == kind, col(TownEntry.id) == identity)
    return list(session.all(statement.order_by(col(TownEntry.version))))


def entries(session: ReadSession) -> Entries:
    """What the town has decided and what counts now."""
    found: Entries = {}
    columns = sa.select(col(TownEntry.kind), col(TownEntry.id), col(TownEntry.value))
    for kind, identity, value in session.connection.execute(_newest(columns)):
        if value is not None:
            found.setdefault(kind, {})[identity] = value
    return found


def put(
    session: WriteSession,
    kind: str,
    identity: str,
    value: dict[str, Any] | None,
    *,
    source: str,
    by: str,
    now: datetime,
) -> None:
    """Write a new version of an entry (None: it no longer counts) and a new revision of the book.

    The revision first: its row is what two writers on PostgreSQL wait for, so that the second one
    counts the first one's version.
    """
    touch(session)
    last = session.first(
        sa.select(sa.func.max(col(TownEntry.version))).where(
            col(TownEntry.kind) == kind, col(TownEntry.id) == identity
        )
    )
    version = (last[0] or 0) + 1
    session.add(
        TownEntry(
            kind=kind,
            id=identity,
            version=version,
            value=value,
            source=source,
            changed_by=by,
            changed_at=now,
        )
    )


def touch(session: WriteSession) -> None:
    """Say that the book has changed: every process builds it anew at its next transaction."""
    session.execute(sa.update(TownState).values(revision=col(TownState.revision) + 1))


def advance(session: WriteSession, milliseconds: int) -> None:
    """Move the town's clock forward (demo)."""
    session.execute(
        sa.update(TownState).values(clock_offset=col(TownState.clock_offset) + milliseconds)
    )
