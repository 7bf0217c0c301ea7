"""Counts over many cases, each within the viewer's scope. Asked on read sessions."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from operator import add
from typing import Any, Literal

import sqlalchemy as sa

from casework.actions import ASKED_ANEW, RENEWED
from casework.case import BEFORE_ANSWER, CONTENT, MERGED, WITHDRAWN
from casework.rights import Viewer
from casework.selection import Selection
from storage.case import CaseRow
from storage.cases import C, E, visible
from storage.clocks import K
from storage.session import ReadSession

_GONE = (WITHDRAWN, MERGED)


@dataclass(frozen=True, slots=True)
class Figures:
    by_state: dict[str, int]
    overdue: int  # open and past the promised time
    yellow: int
    red: int
    answered: int  # 办结 given …
    answered_in_time: int  # … not after the time that was promised first
    extended: int  # of which a promise was extended 延期
    rated: int
    satisfied: int  # 很满意, 满意, 基本满意


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which cases: opened since then, and before that, and chosen by each of these."""

    since: datetime | None = None
    until: datetime | None = None
    chosen: tuple[Selection, ...] = ()


def _asked(viewer: Viewer, asked: Asked) -> sa.ColumnElement[bool]:
    """The ordinary cases in scope that are asked for."""
    mine = [visible(viewer), C.protected.is_(False)]
    if asked.since is not None:
        mine.append(C.opened_at >= asked.since)
    if asked.until is not None:
        mine.append(C.opened_at < asked.until)
    for each in asked.chosen:
        columns = ((C.topic, each.topics), (C.unit, each.units), (C.lead_post, each.posts))
        mine += [column.in_(sorted(one_of)) for column, one_of in columns if one_of is not None]
    return sa.and_(*mine)


def figures_of(viewer: Viewer, session: ReadSession, asked: Asked, now: datetime) -> Figures:
    """Figures of the ordinary cases in scope that are asked for."""
    mine = _asked(viewer, asked)
    by_state = sa.select(C.state, sa.func.count()).where(mine).group_by(C.state)
    row = session.connection.execute(
        sa.select(
            _total(sa.and_(C.state.in_(sorted(BEFORE_ANSWER)), C.promised_at < now)),
            sa.func.coalesce(sa.func.sum(C.yellow_cards), 0),
            sa.func.coalesce(sa.func.sum(C.red_cards), 0),
            _total(C.answered_at.is_not(None)),
            _total(C.answered_at <= sa.func.coalesce(_promised_first(), C.promised_at)),
            _total(C.extended > 0),
            _total(C.rating.is_not(None)),
            _total(C.rating >= CONTENT),
        ).where(mine)
    ).one()
    found: dict[str, int] = dict(session.connection.execute(by_state).all())
    return Figures(found, *(int(value) for value in row))


def _promised_first() -> Any:
    """Until when an answer was promised before anybody was late or asked for more time. What was
    answered before it was done 办结 has kept that promise, and is held to that of the end."""
    renewed = sa.exists().where(
        E.case_number == K.case_number, E.kind.in_(sorted(RENEWED)), E.at > K.started_at
    )
    name = sa.case((C.replied_at < C.answered_at, "settle"), else_="reply")
    promises = sa.select(sa.func.min(K.due_at)).where(K.case_number == C.number, ~renewed)
    return sa.func.coalesce(
        promises.where(K.name == name).scalar_subquery(),
        promises.where(K.name == "settle").scalar_subquery(),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases: all of them, those not answered yet, and of these those past their time."""

    total: int = 0
    open: int = 0
    overdue: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, astuple(self), astuple(other)))


def counts_of(
    viewer: Viewer,
    session: ReadSession,
    asked: Asked,
    now: datetime,
    by: Literal["unit", "lead_post"],
) -> dict[str | None, Counts]:
    """The ordinary cases in scope that are asked for, by where they are or by the post that leads them."""
    is_open = C.state.in_(sorted(BEFORE_ANSWER))
    of = {"unit": C.unit, "lead_post": C.lead_post}[by]
    rows = session.connection.execute(
        sa.select(
            of, sa.func.count(), _total(is_open), _total(sa.and_(is_open, C.promised_at < now))
        )
        .where(_asked(viewer, asked))
        .group_by(of)
    )
    return {key: Counts(*(int(value) for value in counts)) for key, *counts in rows}


@dataclass(frozen=True, slots=True)
class Rates:
    """三率, each with what it is a part of. 响应率 = responded / dispatched: contacted in time, of those
    whose time has come; 解决率 and 满意率 = solved, content / called_back: of those who answered when
    asked. Who did not answer is `silent` and in neither."""

    dispatched: int = 0
    responded: int = 0
    called_back: int = 0
    solved: int = 0
    satisfied: int = 0
    silent: int = 0

    def __add__(self, other: Rates) -> Rates:
        return Rates(*map(add, astuple(self), astuple(other)))


def rates_of(viewer: Viewer, session: ReadSession, asked: Asked, now: datetime) -> dict[str, Rates]:
    """三率 of the ordinary cases in scope that are asked for, by the post that leads them.

    Contacted: the contact clock or, where the method has none, 接单.
    """
    mine = sa.and_(_asked(viewer, asked), C.state.not_in(sorted(_GONE)))
    contact = _contacts(sa.select(C.number).where(mine), now)
    rated, closed = C.rating.is_not(None), C.settled_at.is_not(None)
    rows = session.connection.execute(
        sa.select(
            C.lead_post,
            _total(contact.c.judged > 0),
            _total(sa.and_(contact.c.judged > 0, contact.c.late == 0)),
            _total(rated),
            _total(sa.and_(rated, C.solved.is_(True))),
            _total(sa.and_(rated, C.rating >= CONTENT)),
            _total(sa.and_(closed, C.rating.is_(None))),
        )
        .join_from(CaseRow, contact, contact.c.case_number == C.number, isouter=True)
        .where(mine)
        .group_by(C.lead_post)
    )
    return {post: Rates(*(int(value) for value in counts)) for post, *counts in rows}


def _contacts(numbers: sa.Select[tuple[int]], now: datetime) -> sa.Subquery:
    """Of each case: how many of its contact clocks had their time, and how many were late. One that
    ended in time because somebody else was asked instead 派 is nobody's response."""
    asked_anew = sa.exists().where(
        E.case_number == K.case_number, E.kind.in_(sorted(ASKED_ANEW)), E.at == K.stopped_at
    )
    responded = sa.and_(K.stopped_at.is_not(None), sa.or_(K.stopped_at > K.due_at, ~asked_anew))
    came = sa.or_(responded, sa.and_(K.stopped_at.is_(None), K.due_at < now))
    late = sa.func.coalesce(K.stopped_at, sa.literal(now, K.due_at.type)) > K.due_at
    has, is_contact = sa.func.max(sa.case((K.name == "contact", 1), else_=0)), K.name == "contact"

    def counted(condition: sa.ColumnElement[bool]) -> Any:
        return sa.case((has == 1, _total(sa.and_(is_contact, condition))), else_=_total(condition))

    return (
        sa.select(
            K.case_number,
            counted(came).label("judged"),
            counted(sa.and_(came, late)).label("late"),
        )
        .where(K.name.in_(("contact", "acknowledge")), K.case_number.in_(numbers))
        .group_by(K.case_number)
        .subquery()
    )


def _total(condition: sa.ColumnElement[bool]) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
