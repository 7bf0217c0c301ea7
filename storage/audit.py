"""The audit trail, the admins' tasks, and what a cluster does once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from storage.columns import big, milliseconds, row_id, when
from storage.session import ReadSession, WriteSession


class AuditRow(SQLModel, table=True):
    """Who did what, when, why. `detail` is personal text: it can be blanked by law, the rest stays."""

    __tablename__: ClassVar[Any] = "audit"

    id: int | None = row_id()
    at: datetime = when()
    actor: str
    act: str
    target: str
    detail: str
    digest: str  # of the detail, so that the chain outlives its blanking


class AuditSeal(SQLModel, table=True):
    """A link of the hash chain over committed audit rows."""

    __tablename__: ClassVar[Any] = "audit_seal"

    last: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    first: int = big()
    at: datetime = when()
    hash: str


class TaskRow(SQLModel, table=True):
    """Something a person has to look after: a message that failed, a villager to be phoned."""

    __tablename__: ClassVar[Any] = "task"

    id: int | None = row_id()
    key: str = Field(unique=True)
    at: datetime = when()
    text: str
    case_number: int | None = big(default=None, nullable=True)
    done_at: datetime | None = when(default=None, nullable=True)


class JobRun(SQLModel, table=True):
    """A periodic job's turn, taken by one process of a cluster."""

    __tablename__: ClassVar[Any] = "job_run"

    job: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    at: datetime = when()


def write(
    session: WriteSession, *, actor: str, act: str, target: str, detail: str, now: datetime
) -> None:
    """Write one line of the trail. Plain insert; `seal` links it into the chain later."""
    digest = _digest(detail)
    session.add(AuditRow(at=now, actor=actor, act=act, target=target, detail=detail, digest=digest))


def seal(session: WriteSession, now: datetime, limit: int = 500) -> int:
    """Link the rows that are not sealed yet into the hash chain; says how many.

    The hash covers ids, acts and digests, not the personal text, so that a text blanked by law
    leaves the chain whole. On PostgreSQL it waits for those who are writing: ids are given before
    they are committed, and a row that came later than its seal would break the chain.
    """
    if session.dialect == "postgresql":
        session.execute(sa.text("LOCK TABLE audit IN SHARE MODE"))
    last = newest_seal(session)
    start = last.last if last is not None else 0
    rows = session.all(
        select(AuditRow).where(col(AuditRow.id) > start).order_by(col(AuditRow.id)).limit(limit)
    )
    if not rows:
        return 0
    chain = chained(last.hash if last is not None else "", rows)
    session.add(AuditSeal(last=rows[-1].id, first=rows[0].id, at=now, hash=chain))
    return len(rows)


def chained(before: str, rows: Sequence[AuditRow]) -> str:
    """The hash of a batch of rows on top of the hash before it."""
    state = hashlib.sha256(before.encode())
    for row in rows:
        state.update(
            f"\n{row.id}|{milliseconds(row.at)}|{row.actor}|{row.act}|{row.target}|{row.digest}".encode()
        )
    return state.hexdigest()


def broken(session: ReadSession) -> int | None:
    """The last row id of the first seal that does not fit any more; None if the chain is whole.

    A detail that was blanked fits; one that was rewritten does not.
    """
    before = ""
    for link in session.all(select(AuditSeal).order_by(col(AuditSeal.last))):
        rows = session.all(
            select(AuditRow)
            .where(col(AuditRow.id) >= link.first, col(AuditRow.id) <= link.last)
            .order_by(col(AuditRow.id))
        )
        if chained(before, rows) != link.hash or any(map(_rewritten, rows)):
            return int(link.last)
        before = link.hash
    return None


def _rewritten(row: AuditRow) -> bool:
    return row.detail != "" and _digest(row.detail) != row.digest


def _digest(detail: str) -> str:
    return hashlib.sha256(detail.encode()).hexdigest()


def last(session: ReadSession, limit: int = 15, word: str = "") -> list[AuditRow]:
    """The newest lines, of one actor or about one case if a word is given."""
    statement = select(AuditRow)
    if word:
        statement = statement.where(_about(word))
    return list(session.all(statement.order_by(col(AuditRow.id).desc()).limit(limit)))


def _about(word: str) -> sa.ColumnElement[bool]:
    """Lines about a case, by a person (their id), of a command."""
    return sa.or_(
        col(AuditRow.target) == word,
        col(AuditRow.actor) == f"staff:{word}",
        col(AuditRow.act) == word,
    )


def lines(session: ReadSession, word: str = "", page: int = 1000) -> Iterator[AuditRow]:
    """All lines, the oldest first."""
    after = 0
    while True:
        statement = select(AuditRow).where(col(AuditRow.id) > after)
        statement = statement.where(_about(word)) if word else statement
        rows = session.all(statement.order_by(col(AuditRow.id)).limit(page))
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def seals(session: ReadSession) -> list[AuditSeal]:
    return list(session.all(select(AuditSeal).order_by(col(AuditSeal.last))))


def newest_seal(session: ReadSession) -> AuditSeal | None:
    """What stands at the end of the chain: written down elsewhere, it proves that nothing behind
    it was cut off."""
    seal: AuditSeal | None = session.first(select(AuditSeal).order_by(col(AuditSeal.last).desc()))
    return seal


def take_turn(session: WriteSession, job: str, slot: str, now: datetime) -> bool:
    """True for the one process of a cluster that runs this job in this slot."""
    taken = session.execute(
        insert(JobRun).values(job=job, slot=slot, at=now).on_conflict_do_nothing()
    )
    return taken == 1
