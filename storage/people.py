"""Villagers: met, remembered, bound to a place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from storage import hot
from storage.case import PartyRow
from storage.columns import milliseconds
from storage.outbox import OutboxRow
from storage.session import ReadSession, WriteSession
from storage.villager import Villager, VillagerRow


def meet(
    session: WriteSession, channel: str, account: str, openid: str, now: datetime, wall: datetime
) -> Villager:
    """The villager who has just spoken, known or new; counts the messages of this minute."""
    rows = session.run_returning(
        hot.MEET_VILLAGER,
        channel=channel,
        account=account,
        openid=openid,
        first_at=now,
        minute=milliseconds(wall) // 60_000,
    )
    return Villager(*rows[0])


def change(session: WriteSession, villager: int, **values: Any) -> None:
    """Remember something about a villager."""
    session.execute(sa.update(VillagerRow).where(col(VillagerRow.id) == villager).values(**values))


def parties(session: ReadSession, case: int, first: int | None) -> list[Villager]:
    """The villagers who hear of a case: the first one and who has joined."""
    joined = select(col(PartyRow.villager)).where(col(PartyRow.case_number) == case)
    rows = session.all(
        select(VillagerRow)
        .where(sa.or_(col(VillagerRow.id) == first, col(VillagerRow.id).in_(joined)))
        .order_by(col(VillagerRow.id))
    )
    return [_value(row) for row in rows]


def find(session: ReadSession, villager: int) -> Villager | None:
    row = session.first(select(VillagerRow).where(col(VillagerRow.id) == villager))
    return None if row is None else _value(row)


def take_held(session: WriteSession, villager: Villager, now: datetime) -> list[str]:
    """The messages that waited for this person's next word; they count as told now."""
    mine = (
        col(OutboxRow.state) == "held",
        col(OutboxRow.channel) == villager.channel,
        col(OutboxRow.account) == villager.account,
        col(OutboxRow.recipient) == villager.openid,
    )
    rows = session.all(select(OutboxRow).where(*mine).order_by(col(OutboxRow.id)))
    texts = [row.text for row in rows]
    session.execute(sa.update(OutboxRow).where(*mine).values(state="sent", sent_at=now))
    change(session, villager.id, held=0)
    return texts


def _value(row: VillagerRow) -> Villager:
    return Villager(*(getattr(row, name) for name in Villager.__slots__))
