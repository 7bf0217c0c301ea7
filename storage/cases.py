"""Questions about cases. Each takes the viewer first: what they may not see does not exist."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select

from casework.actions import DECISIONS, REQUESTS
from casework.case import OPEN, Case
from casework.rights import Scope, Viewer
from storage import hot, orders
from storage.case import CaseRow, EventRow, PartyRow
from storage.clock import ClockRow
from storage.orders import OrderRow
from storage.session import ReadSession, WriteSession

C: Any = CaseRow.__table__.c  # type: ignore[attr-defined]
E: Any = EventRow.__table__.c  # type: ignore[attr-defined]
_CASES = sa.select(*hot.CASE_COLUMNS)
# members of staff: what is built for each is kept, for a statement costs a millisecond
MANY: Final = 256


def visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The viewer's scope as a condition."""
    return _within(viewer.scope)


@lru_cache(maxsize=MANY)
def _within(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.partner is not None:
        sent = sa.select(col(OrderRow.case_number)).where(col(OrderRow.partner) == scope.partner)
        own: sa.ColumnElement[bool] = C.number.in_(sent)
        return own
    if scope.villager is not None:
        joined = sa.select(col(PartyRow.case_number)).where(
            col(PartyRow.villager) == scope.villager
        )
        return sa.or_(C.villager == scope.villager, C.number.in_(joined))
    ordinary = [C.protected.is_(False)]
    if not scope.every_ordinary:
        hands = (C.lead_post, C.first_post, C.previous_post)
        part = (C.called.contains(f" {post} ", autoescape=True) for post in sorted(scope.called))
        ordinary.append(sa.or_(*(post.in_(scope.posts) for post in hands), *part))
    protected = sa.and_(C.protected.is_(True), C.lead_post.in_(scope.protected_posts))
    seen = sa.or_(sa.and_(*ordinary), protected)
    if not scope.away_from:
        return seen
    away = C.recused.contains(f" {scope.away_from} ", autoescape=True)
    return sa.and_(seen, sa.not_(away))


def find(viewer: Viewer, session: ReadSession, number: int) -> Case | None:
    """The case, if the viewer may see it."""
    return _seen(viewer, session, session.row(hot.CASE, number=number))


def take(viewer: Viewer, session: WriteSession, number: int) -> Case | None:
    """The case to be changed, locked on PostgreSQL, if the viewer may see it."""
    return _seen(viewer, session, session.row(hot.CASE_FOR_UPDATE, number=number))


def _seen(viewer: Viewer, session: ReadSession, row: Sequence[Any] | None) -> Case | None:
    if row is None:
        return None
    case, scope = Case(*row), viewer.scope
    if scope.sees(case):
        return case
    villager = scope.villager
    if villager is not None and session.row(hot.PARTY, case_number=case.number, villager=villager):
        return case
    order = orders.of(case, session) if scope.partner is not None else None
    return case if order is not None and scope.sees(case, order.partner == scope.partner) else None


def with_word(viewer: Viewer, session: ReadSession, number: int, word: str) -> Case | None:
    """A case by number and query word: for who filed it, on whatever phone they ask from."""
    case = _one(session, _CASES.where(C.number == number, C.query_word != ""))
    matches = case is not None and secrets.compare_digest(case.query_word.encode(), word.encode())
    return case if matches and viewer.actor.staff is None else None


def recent(viewer: Viewer, session: ReadSession) -> list[Case]:
    """The villager's own last cases, the newest first."""
    return [Case(*row) for row in session.rows(hot.RECENT_CASES, villager=viewer.scope.villager)]


def open_cases(viewer: Viewer, session: ReadSession, limit: int = 50) -> list[Case]:
    """What is open in the viewer's scope, the most urgent and the earliest promised first."""
    rank = sa.case((C.urgency == "emergency", 0), (C.urgency == "urgent", 1), else_=2)
    return _many(
        session,
        _CASES.where(C.state.in_(sorted(OPEN)), visible(viewer))
        .order_by(rank, C.promised_at, C.number)
        .limit(limit),
    )


def last_letters(viewer: Viewer, session: ReadSession, limit: int) -> list[Case]:
    """The last ordinary cases in the viewer's scope, the newest first: what people write."""
    mine = sa.and_(visible(viewer), C.protected.is_(False))
    return _many(session, _CASES.where(mine).order_by(C.number.desc()).limit(limit))


def corrected(viewer: Viewer, session: ReadSession) -> list[Case]:
    """Ordinary cases of which staff have put right what was read: labels to learn from."""
    wrong = sa.select(col(EventRow.case_number)).where(col(EventRow.kind) == "correct")
    mine = sa.and_(visible(viewer), C.protected.is_(False), C.number.in_(wrong))
    return _many(session, _CASES.where(mine).order_by(C.number))


def led_by(
    viewer: Viewer, session: ReadSession, posts: Sequence[str], limit: int = 50
) -> list[Case]:
    """Open cases that these posts lead."""
    return _many(session, _led_by(viewer.scope, tuple(posts), limit))


@lru_cache(maxsize=MANY)
def _led_by(scope: Scope, posts: tuple[str, ...], limit: int) -> sa.Select[Any]:
    rank = sa.case((C.urgency == "emergency", 0), (C.urgency == "urgent", 1), else_=2)
    return (
        _CASES.where(C.state.in_(sorted(OPEN)), C.lead_post.in_(posts), _within(scope))
        .order_by(rank, C.promised_at, C.number)
        .limit(limit)
    )


def asked_for(viewer: Viewer, session: ReadSession) -> list[tuple[Case, str, str]]:
    """Open cases in which the handler has asked for something that nobody has decided since, with
    what it is (the event's kind) and why."""
    later = EventRow.__table__.alias()  # type: ignore[attr-defined]
    open_ones = (
        sa.and_(
            E.kind == kind,
            ~sa.exists().where(
                later.c.case_number == E.case_number,
                later.c.id > E.id,
                later.c.kind.in_(sorted(DECISIONS[kind] | {kind})),
            ),
        )
        for kind in REQUESTS
    )
    found = session.connection.execute(
        sa.select(E.kind, E.text, *hot.CASE_COLUMNS)
        .join(CaseRow, C.number == E.case_number)
        .where(C.state.in_(sorted(OPEN)), visible(viewer), sa.or_(*open_ones))
        .order_by(E.id)
    )
    return [(Case(*row), kind, text) for kind, text, *row in found]


def with_part(
    viewer: Viewer, session: ReadSession, posts: Sequence[str], limit: int = 20
) -> list[Case]:
    """Open cases in which one of these posts has a part, the most recent first."""
    part = sa.or_(sa.false(), *(C.called.contains(f" {post} ", autoescape=True) for post in posts))
    mine = (C.state.in_(sorted(OPEN)), part, visible(viewer))
    return _many(session, _CASES.where(*mine).order_by(C.number.desc()).limit(limit))


def listed(viewer: Viewer, session: ReadSession, limit: int = 20) -> list[Case]:
    """What is open and supervised, shelved, or has a red card; what was promised first, first."""
    pressed = sa.or_(C.supervised > 0, C.red_cards > 0, C.review_at.is_not(None))
    return _many(
        session,
        _CASES.where(C.state.in_(sorted(OPEN)), C.protected.is_(False), pressed, visible(viewer))
        .order_by(C.promised_at, C.number)
        .limit(limit),
    )


def sent_in(
    viewer: Viewer,
    session: ReadSession,
    since: datetime,
    until: datetime,
    states: Sequence[str] = (),
    topics: Sequence[str] = (),
    limit: int = 1000,
) -> list[Case]:
    """What the viewing partner has sent in this time, the newest first; of all states and topics
    unless some are named."""
    asked = [visible(viewer), C.opened_at >= since, C.opened_at <= until]
    if states:
        asked.append(C.state.in_(sorted(states)))
    if topics:  # what a report about a person is about cannot be found out by asking
        asked.append(C.protected.is_(False))
        asked.append(sa.or_(C.topic.in_(topics), sa.and_(C.topic == "", C.field.in_(topics))))
    return _many(session, _CASES.where(*asked).order_by(C.number.desc()).limit(limit))


def last_events(
    viewer: Viewer, session: ReadSession, numbers: Sequence[int], kinds: Collection[str]
) -> dict[int, EventRow]:
    """The last event of these kinds of each case that the viewer may see."""
    of_case = col(EventRow.case_number)
    newest = (
        sa.select(sa.func.max(col(EventRow.id)))
        .join_from(EventRow, CaseRow, C.number == of_case)
        .where(of_case.in_(numbers), col(EventRow.kind).in_(sorted(kinds)), visible(viewer))
        .group_by(of_case)
    )
    rows = session.all(select(EventRow).where(col(EventRow.id).in_(newest)))
    return {row.case_number: row for row in rows}


def to_publish(viewer: Viewer, session: ReadSession, limit: int = 200) -> list[Case]:
    """Ordinary cases that are settled and not yet public, the newest first."""
    waits = sa.text("state = 'settled' AND published_at IS NULL")
    return _many(
        session,
        _CASES.where(waits, C.protected.is_(False), visible(viewer))
        .order_by(C.number.desc())
        .limit(limit),
    )


def count(viewer: Viewer, session: ReadSession) -> dict[str, int]:
    """How many ordinary cases are in which state, in the viewer's scope: reports are not counted."""
    mine = sa.and_(visible(viewer), C.protected.is_(False))
    statement = sa.select(C.state, sa.func.count()).where(mine).group_by(C.state)
    return dict(session.connection.execute(statement).all())


def events(viewer: Viewer, session: ReadSession, number: int) -> list[EventRow]:
    """The history of a case, if the viewer may see it."""
    case = find(viewer, session, number)
    return [] if case is None else events_of(case, session)


def events_of(case: Case, session: ReadSession) -> list[EventRow]:
    """The history of a case. Whoever has the case was shown it, be it for its query word."""
    return session.all(
        select(EventRow).where(col(EventRow.case_number) == case.number).order_by(col(EventRow.id))
    )


def clocks(viewer: Viewer, session: ReadSession, number: int) -> list[ClockRow]:
    """All clocks of a case, if the viewer may see it."""
    if find(viewer, session, number) is None:
        return []
    return list(
        session.all(
            select(ClockRow).where(col(ClockRow.case_number) == number).order_by(col(ClockRow.id))
        )
    )


def _one(session: ReadSession, statement: Any) -> Case | None:
    row = session.connection.execute(statement).first()
    return None if row is None else Case(*row)


def _many(session: ReadSession, statement: Any) -> list[Case]:
    return [Case(*row) for row in session.connection.execute(statement)]
