"""How much has been sent to whom: counted in rows, so that all replicas keep one limit together.

A span of time is cut into twelve slots. What is claimed counts from the moment of its claim until
it has certainly been out of the platform's span for as long as a claim may take: no span of the
platform's, wherever it begins, holds more than is allowed. A day is the platform's own day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col

from storage.columns import big, milliseconds
from storage.outbox import PRIORITY
from storage.session import Hot, ReadSession, WriteSession

DAY: Final = 86_400  # seconds
SLOTS: Final = 12
SHANGHAI: Final = 8 * 3600  # seconds by which the platforms' day begins before that of UTC
EVERYBODY: Final = ""  # counts all recipients of a channel together
# the part of a limit that letters may use up: what presses always finds room
SHARE: Final = {PRIORITY["emergency"]: 1.0, PRIORITY["urgent"]: 0.85, PRIORITY["ordinary"]: 0.7}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages within `span` seconds: to one recipient, or through one account."""

    each: Literal["recipient", "account"]
    count: int
    span: int

    def slot(self, second: float) -> int:
        """The number of the slot in which a moment lies; of a day there is one."""
        if self.span >= DAY:
            return int(second + SHANGHAI) // DAY
        return int(second * SLOTS) // self.span

    def first_slot(self, second: float, lease: float) -> int:
        """The oldest slot that still counts."""
        return self.slot(second) if self.span >= DAY else self.slot(second - self.span - lease)

    def next_look(self, second: float) -> float:
        """Seconds until something may have become free."""
        if self.span >= DAY:
            return DAY - (second + SHANGHAI) % DAY
        return self.span / SLOTS


class SentCountRow(SQLModel, table=True):
    """So many messages were handed to a channel in one slot, for one recipient or for everybody."""

    __tablename__: ClassVar[Any] = "sent_count"

    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    span: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    slot: int = big(primary_key=True, sa_column_kwargs={"autoincrement": False})
    used: int


_table: Any = SentCountRow.__table__  # type: ignore[attr-defined]
_given = insert(_table).values(
    {name: sa.bindparam(name, type_=_table.c[name].type) for name in SentCountRow.model_fields}
)
COUNT: Final = Hot(
    _given.on_conflict_do_update(
        index_elements=["channel", "recipient", "span", "slot"],
        set_={"used": _table.c.used + _given.excluded.used},
    )
)


class Meter:
    """What may still be sent through one channel in one round of the courier."""

    def __init__(
        self,
        session: ReadSession,
        channel: str,
        limits: Sequence[Limit],
        recipients: Iterable[str],
        wall: datetime,
        lease: timedelta,
    ) -> None:
        self.channel = channel
        self.limits = limits
        self._second = milliseconds(wall) / 1000
        self._lease = lease.total_seconds()
        self._used = _used(session, channel, limits, recipients, self._second, self._lease)
        self._new: Counter[tuple[str, int]] = Counter()

    def room(self, recipient: str, priority: int) -> int:
        """So many messages of this priority may go to this recipient now."""
        return max(0, min(self._free(each, recipient, priority) for each in self.limits))

    def most(self, priority: int) -> int:
        """What fits into no more than this can never wait for room: it goes when there is any."""
        return min(int(each.count * SHARE[priority]) for each in self.limits)

    def wait(self, recipient: str, priority: int) -> float:
        """Seconds until it is worth looking again, where there is no room."""
        full = [each for each in self.limits if self._free(each, recipient, priority) <= 0]
        return max(each.next_look(self._second) for each in full)

    def use(self, recipient: str, messages: int) -> None:
        for limit in self.limits:
            key = self._key(limit, recipient)
            self._used[key] += messages
            self._new[key] += messages

    def keep(self, session: WriteSession) -> None:
        """Write down what was used, for this process and the others."""
        slots = {each.span: each.slot(self._second) for each in self.limits}
        rows = [
            {
                "channel": self.channel,
                "recipient": recipient,
                "span": span,
                "slot": slots[span],
                "used": used,
            }
            for (recipient, span), used in sorted(self._new.items())
        ]
        if rows:
            session.later(COUNT, rows)

    def _free(self, limit: Limit, recipient: str, priority: int) -> int:
        return int(limit.count * SHARE[priority]) - self._used[self._key(limit, recipient)]

    def _key(self, limit: Limit, recipient: str) -> tuple[str, int]:
        return (recipient if limit.each == "recipient" else EVERYBODY, limit.span)


def _used(
    session: ReadSession,
    channel: str,
    limits: Sequence[Limit],
    recipients: Iterable[str],
    second: float,
    lease: float,
) -> Counter[tuple[str, int]]:
    c = _table.c
    known = (*recipients, EVERYBODY)
    spans = [(each.span, each.first_slot(second, lease)) for each in limits]
    counting = sa.or_(*(sa.and_(c.span == span, c.slot >= first) for span, first in spans))
    found = session.connection.execute(
        sa.select(c.recipient, c.span, sa.func.sum(c.used))
        .where(c.channel == channel, c.recipient.in_(known), counting)
        .group_by(c.recipient, c.span)
    )
    return Counter({(recipient, span): int(used) for recipient, span, used in found})


def forget(session: WriteSession, wall: datetime) -> None:
    """Drop the counts of spans that are over."""
    second = milliseconds(wall) / 1000
    for span in (60, 3600, DAY):
        oldest = Limit("recipient", 1, span).slot(second - 2 * DAY)
        session.execute(
            sa.delete(SentCountRow).where(
                col(SentCountRow.span) == span, col(SentCountRow.slot) < oldest
            )
        )
