"""Counts over many cases, each within the viewer's scope. Asked on read sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.case import BEFORE_ANSWER, CONTENT
from casework.rights import Viewer
from storage.cases import C, count, visible
from storage.session import ReadSession


@dataclass(frozen=True, slots=True)
class Figures:
    by_state: dict[str, int]
    overdue: int  # open and past the promised time
    yellow: int
    red: int
    answered: int  # 办结 given …
    answered_in_time: int  # … not after the promised time
    rated: int
    satisfied: int  # 很满意, 满意, 基本满意


def figures_of(
    viewer: Viewer, session: ReadSession, since: datetime | None, now: datetime
) -> Figures:
    """Figures of the ordinary cases in scope, opened since then."""

    def total(condition: sa.ColumnElement[bool]) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    statement = sa.select(
        total(sa.and_(C.state.in_(sorted(BEFORE_ANSWER)), C.promised_at < now)),
        sa.func.coalesce(sa.func.sum(C.yellow_cards), 0),
        sa.func.coalesce(sa.func.sum(C.red_cards), 0),
        total(C.answered_at.is_not(None)),
        total(C.answered_at <= C.promised_at),
        total(C.rating.is_not(None)),
        total(C.rating >= CONTENT),
    ).where(visible(viewer), C.protected.is_(False))
    if since is not None:
        statement = statement.where(C.opened_at >= since)
    row = session.connection.execute(statement).one()
    return Figures(count(viewer, session, since), *(int(value) for value in row))
