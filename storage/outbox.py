"""The outbox 外发: what has to be sent, written with the fact that it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when

PRIORITY = {"emergency": 0, "urgent": 1, "ordinary": 2}  # the smaller goes first


def _partial(name: str, state: str, *columns: str) -> sa.Index:
    """An index of the rows in one state: what is sent costs nothing any more."""
    where = sa.text(f"state = '{state}'")
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


def line_of(channel: str, account: str, recipient: str, priority: int) -> str:
    """What is in one line is sent one after the other; urgent letters have a line of their own."""
    return f"{priority}:{channel}:{account}:{recipient}"


def priority_of(line: str) -> int:
    return int(line.partition(":")[0])


def channel_of(line: str) -> str:
    return line.split(":", 2)[1]


def recipient_of(line: str) -> str:
    return line.split(":", 3)[3]


class OutboxRow(SQLModel, table=True):
    """One message to one recipient, or one medium to fetch (`task` = fetch).

    state: quiet (until `not_before`, by the town's clock) → pending (from `retry_at`, by the real
    one) → sent | held (waits for the person's next word) | refused | overtaken (there is nothing to
    be reminded of any more).
    """

    __tablename__: ClassVar[Any] = "outbox"
    __table_args__ = (
        _partial("ix_outbox_pending", "pending", "line", "id"),
        _partial("ix_outbox_quiet", "quiet", "not_before"),
        _partial("ix_outbox_held", "held", "recipient"),
    )

    id: int | None = row_id()
    key: str = Field(unique=True)
    channel: str
    account: str
    recipient: str
    line: str
    task: str = "send"  # send | fetch | give (a medium) | change (a panel that stands on a phone)
    priority: int = PRIORITY["ordinary"]
    text: str
    # buttons, matters, notice, and the rest if parts have arrived; for fetch and give the attachment; for a change the panel
    more: dict[str, Any] = json()
    case_number: int | None = big(default=None, nullable=True)
    created_at: datetime = when()  # town time
    not_before: datetime = when()  # town time: quiet hours
    retry_at: datetime = when()  # wall time: back-off
    claimed_until: datetime | None = when(default=None, nullable=True)  # wall time
    state: str = "pending"
    attempts: int = 0
    delivered: int = 0  # parts of a long text that have arrived
    code: int = 0
    error: str = ""
    sent_at: datetime | None = when(default=None, nullable=True)  # town time
