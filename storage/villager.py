"""Villagers 村民: who they are on their channel, where they belong, how much they write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage.columns import EPOCH, big, row_id, when

_MILLISECOND = timedelta(milliseconds=1)  # finer than the row remembers


class VillagerRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "villager"
    __table_args__ = (sa.UniqueConstraint("channel", "account", "openid"),)

    id: int | None = row_id()
    channel: str
    account: str
    openid: str
    name: str = ""
    phone: str = ""
    unit: str | None = None  # where the person belongs: 绑定
    anonymous: bool = False  # the next thing to be filed is anonymous: 匿名
    follows: bool = True
    first_at: datetime = when()
    minute: int = big(default=0)  # the minute of the last message, since 1970 …
    minute_messages: int = 0  # … and how many came in it
    held: int = 0  # messages that wait for the person's next word
    open_until: datetime = when(default=EPOCH)  # wall time: how long 公众号 lets us write …
    allowed: int = 0  # … and how often
    subscribed: bool = False  # to the town's long-term notice 长期订阅


@dataclass(frozen=True, slots=True)
class Villager:
    """A villager as a value, in the order of the row's columns."""

    id: int
    channel: str
    account: str
    openid: str
    name: str
    phone: str
    unit: str | None
    anonymous: bool
    follows: bool
    first_at: datetime
    minute: int
    minute_messages: int
    held: int
    open_until: datetime
    allowed: int
    subscribed: bool

    def is_new(self, now: datetime) -> bool:
        """Has just written for the first time: nothing is known of the person yet."""
        return self.minute_messages == 1 and now - self.first_at < _MILLISECOND
