"""Cases that seem to speak of the same matter: which are to be compared, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from casework.case import OPEN, Case
from casework.rights import Viewer
from storage import cases, hot, text_keys
from storage.cases import C, visible
from storage.columns import big
from storage.numbers import PROTECTED_NUMBERS
from storage.session import Hot, HotRead, ReadSession, WriteSession


class AlikeRow(SQLModel, table=True):
    """A case that seems to speak of the same as an earlier one: `first`, the first of them all."""

    __tablename__: ClassVar[Any] = "alike"

    case_number: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    first: int = big(index=True)


A: Any = AlikeRow.__table__.c  # type: ignore[attr-defined]

_LINK = Hot(
    insert(AlikeRow.__table__)  # type: ignore[attr-defined]
    .values(
        case_number=sa.bindparam("case_number", type_=sa.BigInteger),
        first=sa.bindparam("first", type_=sa.BigInteger),
    )
    .on_conflict_do_nothing(),
    apart=True,
)
_FIRST = HotRead(sa.select(A.first).where(A.case_number == sa.bindparam("case_number")))


def to_compare(viewer: Viewer, session: ReadSession, limit: int) -> list[Case]:
    """The next cases that nobody has compared yet, the earliest first."""
    statement = (
        sa.select(*hot.CASE_COLUMNS)
        .where(
            C.number > text_keys.compared(session), C.number < PROTECTED_NUMBERS[0], visible(viewer)
        )
        .order_by(C.number)
        .limit(limit)
    )
    return _cases(session, statement)


def still_open(viewer: Viewer, session: ReadSession, numbers: Sequence[int]) -> list[Case]:
    """Those of the cases that are open, in this order."""
    statement = sa.select(*hot.CASE_COLUMNS).where(
        C.number.in_(numbers), C.state.in_(sorted(OPEN)), visible(viewer)
    )
    found = _cases(session, statement) if numbers else []
    return sorted(found, key=lambda case: numbers.index(case.number))


def link(case: Case, session: WriteSession, first: int) -> None:
    """Remember that a case seems to speak of the same as `first`."""
    session.run(_LINK, case_number=case.number, first=first)


def first_of(viewer: Viewer, session: ReadSession, number: int) -> Case | None:
    """The earliest open case that this one seems to be the same as, if the viewer may see it."""
    found = session.row(_FIRST, case_number=number)
    case = cases.find(viewer, session, found[0]) if found is not None else None
    return case if case is not None and case.open else None


def people_in(viewer: Viewer, session: ReadSession, first: int) -> int:
    """How many villagers have an open case that seems to speak of the same."""
    statement = sa.select(sa.func.count(C.villager.distinct())).where(*_in_group(viewer, first))
    return int(session.connection.execute(statement).scalar() or 0)


def numbers_of(viewer: Viewer, session: ReadSession, first: int) -> list[int]:
    """The open cases that seem to speak of the same, the first one among them."""
    statement = sa.select(C.number).where(*_in_group(viewer, first)).order_by(C.number)
    return list(session.connection.execute(statement).scalars())


def _in_group(viewer: Viewer, first: int) -> tuple[sa.ColumnElement[bool], ...]:
    others = sa.select(A.case_number).where(A.first == first)
    either = sa.or_(C.number == first, C.number.in_(others))
    return either, C.state.in_(sorted(OPEN)), visible(viewer)


def _cases(session: ReadSession, statement: Any) -> list[Case]:
    return [Case(*row) for row in session.connection.execute(statement)]
