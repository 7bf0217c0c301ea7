"""Villagers: met, remembered, bound to a place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from storage import hot, reach
from storage.columns import EPOCH, milliseconds
from storage.outbox import OutboxRow
from storage.session import ReadSession, WriteSession
from storage.villager import Villager, VillagerRow


def meet(
    session: WriteSession,
    channel: str,
    account: str,
    openid: str,
    now: datetime,
    wall: datetime,
    open_until: datetime = EPOCH,
    allowed: int = 0,
) -> Villager:
    """The villager who has just spoken, known or new; counts the messages of this minute. What they
    did lets us write to them `allowed` times, until `open_until` (wall time)."""
    rows = session.run_returning(
        hot.MEET_VILLAGER,
        channel=channel,
        account=account,
        openid=openid,
        first_at=now,
        minute=milliseconds(wall) // 60_000,
        open_until=open_until,
        allowed=allowed,
    )
    return Villager(*rows[0])


def change(session: WriteSession, villager: int, **values: Any) -> None:
    """Remember something about a villager."""
    session.execute(sa.update(VillagerRow).where(col(VillagerRow.id) == villager).values(**values))


def parties(session: ReadSession, case: int, first: int | None) -> list[Villager]:
    """The villagers who hear of a case: the first one and who has joined."""
    rows = session.rows(hot.PARTIES, case_number=case, first=first)
    return [Villager(*row) for row in rows]


def find(session: ReadSession, villager: int) -> Villager | None:
    row = session.first(select(VillagerRow).where(col(VillagerRow.id) == villager))
    return None if row is None else _value(row)


Overtaken = Callable[[str], bool]  # does this letter, by its key, remind of what is over by now?


def take_held(
    session: WriteSession, villager: Villager, now: datetime, overtaken: Overtaken
) -> list[str]:
    """The messages that waited for this villager's next word, or what of them has not arrived yet;
    they count as told now."""
    mine = (
        col(OutboxRow.channel) == villager.channel,
        col(OutboxRow.account) == villager.account,
        col(OutboxRow.recipient) == villager.openid,
    )
    change(session, villager.id, held=0)
    return _take(session, mine, now, overtaken)


def take_held_of_staff(
    session: WriteSession, userid: str, now: datetime, overtaken: Overtaken
) -> list[str]:
    """The same for a member of staff."""
    mine = (col(OutboxRow.channel) == "wecom", col(OutboxRow.recipient) == userid)
    return _take(session, mine, now, overtaken)


def _take(
    session: WriteSession, mine: tuple[Any, ...], now: datetime, overtaken: Overtaken
) -> list[str]:
    held = (sa.text("outbox.state = 'held'"), *mine)
    rows = session.all(select(OutboxRow).where(*held).order_by(col(OutboxRow.id)))
    late = [row.id for row in rows if overtaken(row.key)]
    if late:
        of_late = col(OutboxRow.id).in_(late)
        session.execute(sa.update(OutboxRow).where(of_late).values(state="overtaken"))
        rows = [row for row in rows if row.id not in late]
    if rows:
        session.execute(sa.update(OutboxRow).where(*held).values(state="sent", sent_at=now))
    for row in rows:
        if row.channel == "wechat":
            reach.note(session, row.id or 0, row.case_number, reach.NEXT_WORD, "told", now)
    return [row.more.get("rest") or row.text for row in rows if row.text]


def _value(row: VillagerRow) -> Villager:
    return Villager(*(getattr(row, name) for name in Villager.__slots__))


def by_openid(session: ReadSession, openid: str) -> int | None:
    """The id of the villager on 公众号 with this openid; the account is ours, whatever it is called."""
    row = session.first(
        select(VillagerRow)
        .where(col(VillagerRow.channel) == "wechat", col(VillagerRow.openid) == openid)
        .order_by(col(VillagerRow.id).desc())
    )
    return None if row is None else row.id
