"""Media 附件: what people sent, kept with their cases. Who may see the case may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.rights import Viewer
from storage import cases
from storage.case import CaseRow
from storage.message import AttachmentRow, MessageRow
from storage.session import ReadSession, WriteSession

A: Any = AttachmentRow.__table__.c  # type: ignore[attr-defined]


def attachment(session: ReadSession, number: int) -> AttachmentRow | None:
    """For the courier, which carries it to who was chosen."""
    return session.get(AttachmentRow, number)


def of_case(viewer: Viewer, session: ReadSession, case: int) -> list[AttachmentRow]:
    """What is kept with a case, if the viewer may see it."""
    if cases.find(viewer, session, case) is None:
        return []
    rows = session.all(
        select(AttachmentRow)
        .where(A.case_number == case, A.state == "kept")
        .order_by(col(AttachmentRow.id))
    )
    return list(rows)


def find(viewer: Viewer, session: ReadSession, number: int) -> AttachmentRow | None:
    """One medium, if it is kept and the viewer may see its case."""
    row = attachment(session, number)
    if row is None or row.state != "kept" or row.case_number is None:
        return None
    return None if cases.find(viewer, session, row.case_number) is None else row


def sender(session: ReadSession, row: AttachmentRow) -> str:
    """Who sent it: channel:account:sender."""
    message = session.get(MessageRow, row.message)
    return message.person if message is not None else ""


def kept(
    session: WriteSession,
    number: int,
    kind: str,
    path: str,
    size: int,
    thumbnail: str,
    form: str,
) -> None:
    """`kind` is what it has turned out to be."""
    _set(
        session, number, state="kept", kind=kind, path=path, size=size, thumbnail=thumbnail,
        format=form,
    )  # fmt: skip


def lost(session: WriteSession, number: int, reason: str) -> None:
    """It could not be fetched."""
    _set(session, number, state="lost", reason=reason[:200])


def refused(session: WriteSession, number: int, reason: str) -> None:
    """It is not what it says, or too large."""
    _set(session, number, state="refused", reason=reason[:200])


def removed(session: WriteSession, numbers: Sequence[int], reason: str) -> None:
    """Its time is over."""
    session.execute(
        sa.update(AttachmentRow)
        .where(A.id.in_(numbers))
        .values(state="removed", reason=reason, path="", thumbnail="")
    )


def old(session: ReadSession, settled_before: datetime, limit: int = 200) -> list[AttachmentRow]:
    """Kept media of cases that were settled before then, the oldest first; what never came to
    belong to a case counts from when it came."""
    case: Any = CaseRow.__table__.c  # type: ignore[attr-defined]
    message: Any = MessageRow.__table__.c  # type: ignore[attr-defined]
    over = sa.or_(
        case.settled_at < settled_before,
        sa.and_(A.case_number.is_(None), message.at < settled_before),
    )
    return list(
        session.all(
            select(AttachmentRow)
            .join(MessageRow, message.id == A.message)
            .outerjoin(CaseRow, case.number == A.case_number)
            .where(A.state == "kept", over)
            .order_by(A.id)
            .limit(limit)
        )
    )


def total(session: ReadSession) -> int:
    """Bytes of everything that is kept."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(A.size), 0)).where(A.state == "kept")
    return int(session.connection.execute(statement).scalar_one())


def _set(session: WriteSession, number: int, **values: Any) -> None:
    session.execute(sa.update(AttachmentRow).where(A.id == number).values(**values))
