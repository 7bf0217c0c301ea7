"""Orders 工单: which case became of what a partner 对接单位 has sent, by the partner's own number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from casework.case import Case
from casework.rights import Viewer
from storage.columns import big, when
from storage.session import ReadSession, WriteSession


class OrderRow(SQLModel, table=True):
    """`follows` is the case that answers it: its own, or the one into which that was merged.
    `digest` tells a repetition from other words under the same number; no word can be read from it.
    """

    __tablename__: ClassVar[Any] = "work_order"

    partner: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    case_number: int = big(foreign_key="cases.number", unique=True)
    follows: int = big(index=True)
    digest: str
    at: datetime = when()  # town time


def keep(session: WriteSession, partner: str, number: str, digest: str, case: Case) -> None:
    session.add(
        OrderRow(
            partner=partner, number=number, case_number=case.number, follows=case.number,
            digest=digest, at=case.opened_at,
        )
    )  # fmt: skip


def named(viewer: Viewer, session: ReadSession, number: str) -> OrderRow | None:
    """The viewing partner's order with this number of its own."""
    found: OrderRow | None = session.first(
        select(OrderRow).where(
            col(OrderRow.partner) == viewer.scope.partner, col(OrderRow.number) == number
        )
    )
    return found


def sent(viewer: Viewer, session: ReadSession, numbers: Collection[int]) -> dict[int, OrderRow]:
    """The viewing partner's orders, by the cases that they came with."""
    mine = select(OrderRow).where(
        col(OrderRow.partner) == viewer.scope.partner, col(OrderRow.case_number).in_(numbers)
    )
    return {row.case_number: row for row in session.all(mine)}


def of(case: Case, session: ReadSession) -> OrderRow | None:
    """The order that a case came with."""
    found: OrderRow | None = session.first(
        select(OrderRow).where(col(OrderRow.case_number) == case.number)
    )
    return found


def followed(case: Case, session: ReadSession) -> list[OrderRow]:
    """The orders that a case answers: its own, and those of cases that were merged into it."""
    mine = select(OrderRow).where(col(OrderRow.follows) == case.number)
    return list(session.all(mine.order_by(col(OrderRow.case_number))))


def follow(session: WriteSession, case: int, target: int) -> None:
    """What was sent about the one is answered by the other from now on 并案."""
    session.execute(sa.update(OrderRow).where(col(OrderRow.follows) == case).values(follows=target))


def count(session: ReadSession) -> dict[str, tuple[int, datetime]]:
    """How many orders each partner has sent, and when the last one: nothing of what they say."""
    statement = sa.select(
        col(OrderRow.partner), sa.func.count(), sa.func.max(col(OrderRow.at))
    ).group_by(col(OrderRow.partner))
    return {name: (int(n), last) for name, n, last in session.connection.execute(statement)}
