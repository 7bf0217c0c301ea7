"""What has happened, for a trial of a method: cases with their history, without anybody's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from casework.case import Case
from casework.replay import Deed, Past
from casework.rights import Viewer
from storage.case import EventRow
from storage.cases import C, visible
from storage.session import ReadSession

E: Any = EventRow.__table__.c  # type: ignore[attr-defined]
AT_ONCE = 300
_WORDS = frozenset({"text", "query_word"})


def opened_since(viewer: Viewer, session: ReadSession, since: datetime) -> list[int]:
    """The numbers of the cases in the viewer's scope that were opened since then."""
    mine = sa.select(C.number).where(C.opened_at >= since, visible(viewer))
    return [row[0] for row in session.connection.execute(mine.order_by(C.number))]


def pasts(viewer: Viewer, session: ReadSession, numbers: list[int]) -> Iterator[Past]:
    """These cases, as far as the viewer sees them, a few hundred at once."""
    columns = [sa.literal("").label(name) if name in _WORDS else C[name] for name in Case.__slots__]
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        rows = session.connection.execute(
            sa.select(*columns).where(C.number.in_(some), visible(viewer)).order_by(C.number)
        )
        history = _histories(session, some)
        for row in rows:
            case = Case(*row)
            yield Past(case, history.get(case.number, ()))


def _histories(session: ReadSession, numbers: list[int]) -> dict[int, tuple[Deed, ...]]:
    rows = session.connection.execute(
        sa.select(E.case_number, E.at, E.kind, E.actor, E.data)
        .where(E.case_number.in_(numbers))
        .order_by(E.case_number, E.id)
    )
    return {
        number: tuple(Deed(row.at, row.kind, row.actor, row.data) for row in lines)
        for number, lines in groupby(rows, key=lambda row: int(row.case_number))
    }
