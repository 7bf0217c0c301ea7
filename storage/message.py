"""Incoming messages 来信: the first row written, whatever becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when


class MessageRow(SQLModel, table=True):
    """`key` is what repeated deliveries share. `reply` is null when it went to the outbox."""

    __tablename__: ClassVar[Any] = "message"
    __table_args__ = (
        sa.Index("ix_message_person", "person", "id"),
        sa.Index(
            "ix_message_retry_at",
            "retry_at",
            sqlite_where=sa.text("retry_at IS NOT NULL"),
            postgresql_where=sa.text("retry_at IS NOT NULL"),
        ),
    )

    id: int | None = row_id()
    key: str = Field(unique=True)
    person: str  # channel:account:sender
    kind: str
    text: str
    more: dict[str, Any] = json()  # event, attachment, location
    at: datetime = when()  # town time
    received_at: datetime = when()  # wall time
    state: str = "new"  # new | done | failed | given_up
    reply: str | None = None
    buttons: list[Any] = json(default_factory=list)
    case_number: int | None = big(default=None, nullable=True)
    attempts: int = 0
    retry_at: datetime | None = when(default=None, nullable=True)
    error: str = ""


class AttachmentRow(SQLModel, table=True):
    """A picture, a voice, a video: fetched from the platform at once and kept with the case."""

    __tablename__: ClassVar[Any] = "attachment"

    id: int | None = row_id()
    message: int = big(foreign_key="message.id", index=True)
    case_number: int | None = big(default=None, nullable=True, index=True)
    kind: str
    media_id: str
    format: str
    path: str = ""  # below XIAOGE_MEDIA_DIR, once it is here
    size: int = 0
    state: str = "wanted"  # wanted | kept | lost | refused | removed
    thumbnail: str = ""  # a small picture of it, below XIAOGE_MEDIA_DIR
    reason: str = ""  # why it was lost, refused or removed
