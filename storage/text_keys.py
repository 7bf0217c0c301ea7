"""The index by which texts about the same matter are looked for: open cases, filed under the keys
that `nlp.duplicates` gives them. No text can be read from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from casework.case import OPEN
from nlp.duplicates import MOST_KEYS
from storage.case import CaseRow, NumberRow
from storage.session import Hot, HotRead, ReadSession, WriteSession

SERIES = "compared"  # the last case that was compared with the others
NEWEST = 64  # cases that are looked at for each key
NO_KEY = -1


class TextKey(SQLModel, table=True):
    """A key that a case is filed under (`nlp.duplicates.keys`)."""

    __tablename__: ClassVar[Any] = "text_key"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    key: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    case_number: int = Field(
        primary_key=True,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
        index=True,
    )


K: Any = TextKey.__table__.c  # type: ignore[attr-defined]
N: Any = NumberRow.__table__.c  # type: ignore[attr-defined]
C: Any = CaseRow.__table__.c  # type: ignore[attr-defined]

_INSERT_KEY = Hot(
    insert(TextKey.__table__)  # type: ignore[attr-defined]
    .values(
        key=sa.bindparam("key", type_=sa.BigInteger),
        case_number=sa.bindparam("case_number", type_=sa.BigInteger),
    )
    .on_conflict_do_nothing()
)


def _newest(name: str) -> Any:
    one = sa.select(K.case_number).where(K.key == sa.bindparam(name, type_=sa.BigInteger))
    return sa.select(one.order_by(K.case_number.desc()).limit(NEWEST).subquery().c.case_number)


_ASKED = [f"key_{each}" for each in range(MOST_KEYS)]
_NEWEST = sa.union_all(*map(_newest, _ASKED)).subquery()
_FILED = HotRead(
    sa.select(_NEWEST.c.case_number)
    .group_by(_NEWEST.c.case_number)
    .order_by(sa.func.count().desc(), _NEWEST.c.case_number)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def compared(session: ReadSession) -> int:
    """Up to which number cases have been compared with the others."""
    found = session.connection.execute(sa.select(N.last).where(N.name == SERIES)).scalar()
    return int(found or 0)


def filed(session: ReadSession, keys: Iterable[int], limit: int) -> list[int]:
    """Cases that have keys in common with a text, those with the most first: one statement."""
    asked = dict.fromkeys(_ASKED, NO_KEY) | dict(zip(_ASKED, keys, strict=False))
    return [number for (number,) in session.rows(_FILED, limit=limit, **asked)]


def file(
    session: WriteSession, since: int, until: int, keys: Mapping[int, Collection[int]]
) -> bool:
    """File cases under their keys and remember that all up to `until` are compared. False, and
    nothing is written, if another process has done it since."""
    moved = sa.update(NumberRow).where(N.name == SERIES, N.last == since).values(last=until)
    if session.execute(moved) != 1:
        return False
    rows = [{"key": key, "case_number": case} for case, own in keys.items() for key in own]
    if rows:
        session.later(_INSERT_KEY, rows)
    return True


def forget_closed(session: WriteSession, after: int, limit: int) -> int | None:
    """Take cases that are not open any more out of the index, a slice of them; says where the next
    slice begins, None at the end."""
    numbers = sa.select(K.case_number).where(K.case_number > after).distinct()
    slice_of = numbers.order_by(K.case_number).limit(limit)
    found = [number for (number,) in session.connection.execute(slice_of)]
    if not found:
        return None
    still = sa.select(C.number).where(C.number.in_(found), C.state.in_(sorted(OPEN)))
    kept = {number for (number,) in session.connection.execute(still)}
    closed = [number for number in found if number not in kept]
    if closed:
        session.execute(sa.delete(TextKey).where(K.case_number.in_(closed)))
    return int(found[-1])
