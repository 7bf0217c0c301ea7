"""How villagers are reached: what may still be sent to each, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from casework.rights import Viewer
from storage import cases
from storage.columns import EPOCH, big, row_id, when
from storage.outbox import OutboxRow
from storage.session import ReadSession, WriteSession
from storage.villager import VillagerRow

CUSTOMER, SUBSCRIPTION, TEMPLATE, NEXT_WORD, PHONE = (
    "customer", "subscription", "template", "next_word", "phone",
)  # fmt: skip


class DeliveryRow(SQLModel, table=True):
    """One attempt to tell a villager something, on one rung of the ladder.

    outcome: told | failed | unknown | waits. `receipt` is the platform's number of a template
    message, whose end it reports later.
    """

    __tablename__: ClassVar[Any] = "delivery"
    __table_args__ = (
        sa.Index(
            "ix_delivery_receipt",
            "receipt",
            sqlite_where=sa.text("receipt <> ''"),
            postgresql_where=sa.text("receipt <> ''"),
        ),
    )

    id: int | None = row_id()
    letter: int = big(index=True)
    case_number: int | None = big(default=None, nullable=True, index=True)
    rung: str
    outcome: str
    code: int = 0
    reason: str = ""
    receipt: str = ""
    at: datetime = when()  # town time


@dataclass(frozen=True, slots=True)
class Attempt:
    """One rung on which a villager was to be told something, and what came of it."""

    rung: str
    outcome: Literal["told", "failed", "unknown"]
    code: int = 0
    reason: str = ""
    receipt: str = ""


def note(
    session: WriteSession,
    letter: int,
    case: int | None,
    rung: str,
    outcome: str,
    now: datetime,
    *,
    code: int = 0,
    reason: str = "",
    receipt: str = "",
) -> None:
    session.add(
        DeliveryRow(
            letter=letter, case_number=case, rung=rung, outcome=outcome, code=code,
            reason=reason[:200], receipt=receipt, at=now,
        )
    )  # fmt: skip


def of_case(
    viewer: Viewer, session: ReadSession, number: int
) -> list[tuple[DeliveryRow, OutboxRow]]:
    """How and when the villagers heard of each thing, the oldest first, if the viewer may see it."""
    if cases.find(viewer, session, number) is None:
        return []
    return _attempts(session, number)


def _attempts(session: ReadSession, number: int) -> list[tuple[DeliveryRow, OutboxRow]]:
    rows = session.all(
        select(DeliveryRow, OutboxRow)
        .where(col(DeliveryRow.case_number) == number, col(DeliveryRow.letter) == col(OutboxRow.id))
        .order_by(col(DeliveryRow.id))
    )
    return [(delivery, letter) for delivery, letter in rows]


def told_by_phone(session: WriteSession, number: int, now: datetime) -> list[int]:
    """Somebody has phoned about a case: what waited to be told, and matters, is told now. The ids of
    these letters. Only for who may do this to the case."""
    last = {delivery.letter: (delivery, letter) for delivery, letter in _attempts(session, number)}
    told = [
        letter
        for delivery, letter in last.values()
        if delivery.outcome == "waits" and (delivery.rung == PHONE or letter.more.get("matters"))
    ]
    for letter in told:
        note(session, letter.id or 0, number, PHONE, "told", now)
    _not_with_the_next_word(session, [letter for letter in told if letter.state == "held"], now)
    return [letter.id or 0 for letter in told]


def _not_with_the_next_word(
    session: WriteSession, letters: Sequence[OutboxRow], now: datetime
) -> None:
    """What is told already is not told again."""
    for letter in letters:
        _set(
            session, (letter.channel, letter.account, letter.recipient),
            held=sa.case((col(VillagerRow.held) > 0, col(VillagerRow.held) - 1), else_=0),
        )  # fmt: skip
    told = col(OutboxRow.id).in_([letter.id for letter in letters])
    session.execute(sa.update(OutboxRow).where(told).values(state="sent", sent_at=now))


def by_receipt(session: ReadSession, receipt: str) -> tuple[DeliveryRow, OutboxRow] | None:
    """The template message of which the platform reports the end."""
    found = session.first(
        select(DeliveryRow, OutboxRow).where(
            col(DeliveryRow.receipt) == receipt,
            sa.text("delivery.receipt <> ''"),
            col(DeliveryRow.letter) == col(OutboxRow.id),
        )
    )
    return None if found is None else (found[0], found[1])


# --- what 公众号 still allows ----------------------------------------------------------------------


def spend(
    session: WriteSession, person: Sequence[str], wanted: int, keep: int, wall: datetime
) -> int:
    """Take up to `wanted` customer messages from what this person's last act allows, leaving `keep`
    of them; says how many it may be: 0 if the window is closed or nothing is left."""
    row = session.first(select(VillagerRow).where(*_is(person)).with_for_update())
    if row is None or not row.follows or row.open_until <= wall:
        return 0
    given = max(0, min(wanted, int(row.allowed) - keep))
    if given:
        _set(session, person, allowed=row.allowed - given)
    return given


def give_back(session: WriteSession, person: Sequence[str], unused: int) -> None:
    """They were certainly not sent."""
    if unused:
        _set(session, person, allowed=col(VillagerRow.allowed) + unused)


def close(session: WriteSession, person: Sequence[str]) -> None:
    """The platform says that nothing more may be sent before this person's next word."""
    _set(session, person, open_until=EPOCH, allowed=0)


def unreachable(session: WriteSession, person: Sequence[str]) -> None:
    """The platform says that this person does not follow the account."""
    _set(session, person, open_until=EPOCH, allowed=0, follows=False, subscribed=False)


def subscribed(session: WriteSession, person: Sequence[str], yes: bool) -> None:
    _set(session, person, subscribed=yes)


def person(session: ReadSession, of: Sequence[str]) -> VillagerRow | None:
    row: VillagerRow | None = session.first(select(VillagerRow).where(*_is(of)))
    return row


def _is(person: Sequence[str]) -> tuple[Any, ...]:
    channel, account, openid = person
    return (
        col(VillagerRow.channel) == channel,
        col(VillagerRow.account) == account,
        col(VillagerRow.openid) == openid,
    )


def _set(session: WriteSession, person: Sequence[str], **values: Any) -> None:
    session.execute(sa.update(VillagerRow).where(*_is(person)).values(**values))
