"""The outbox 外发: what has to be sent, written with the fact that it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when

PRIORITY = {"emergency": 0, "urgent": 1, "ordinary": 2}  # the smaller goes first


class OutboxRow(SQLModel, table=True):
    """One message to one recipient, or one medium to fetch (`task` = fetch).

    state: pending → sent | held (waits for the person's next word) | refused | unknown.
    A row is due when both have come: `not_before` by the town's clock (quiet hours) and `retry_at`
    by the real one (back-off).
    """

    __tablename__: ClassVar[Any] = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_line",
            "channel",
            "account",
            "recipient",
            "priority",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_pending",
            "priority",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_held",
            "recipient",
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        ),
    )

    id: int | None = row_id()
    key: str = Field(unique=True)
    channel: str
    account: str
    recipient: str
    task: str = "send"  # send | fetch
    priority: int = PRIORITY["ordinary"]
    text: str
    more: dict[str, Any] = json()  # buttons; for a fetch the attachment
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
