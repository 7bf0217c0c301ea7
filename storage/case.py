"""Cases, their history, the people in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import big, json, row_id, when


class CaseRow(SQLModel, table=True):
    """The columns of `casework.case.Case`, in its order."""

    __tablename__: ClassVar[Any] = "cases"
    __table_args__ = (
        sa.Index("ix_cases_villager_opened_at", "villager", "opened_at"),
        sa.Index(
            "ix_cases_to_publish",
            "number",
            sqlite_where=sa.text("state = 'settled' AND published_at IS NULL"),
            postgresql_where=sa.text("state = 'settled' AND published_at IS NULL"),
        ),
        sa.Index(
            "ix_cases_open_lead",
            "lead_post",
            "number",
            sqlite_where=sa.text("state IN ('assigned','handling','waiting','answered')"),
            postgresql_where=sa.text("state IN ('assigned','handling','waiting','answered')"),
        ),
    )

    number: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    state: str
    kind: str
    subkind: str
    field: str
    topic: str
    urgency: str
    ledger: str
    level: str
    unit: str | None
    place: str
    lead_post: str
    first_post: str
    previous_post: str | None
    villager: int | None = big(foreign_key="villager.id", nullable=True)
    anonymous: bool
    protected: bool
    query_word: str
    text: str
    channel: str
    method: str
    opened_at: datetime = when()
    promised_at: datetime | None = when(nullable=True)
    settle_by: datetime | None = when(nullable=True)
    heard_at: datetime = when()
    replied_at: datetime | None = when(nullable=True)
    answered_at: datetime | None = when(nullable=True)
    settled_at: datetime | None = when(nullable=True)
    rating: int | None
    bad_ratings: int
    urged: int
    reopened: int
    extended: int
    supervised: int
    yellow_cards: int
    red_cards: int
    merged_into: int | None = big(nullable=True)
    recused: str = Field(default="", sa_column_kwargs={"server_default": ""})
    waits_for: str | None = None
    review_at: datetime | None = when(nullable=True)
    track: str = Field(default="", sa_column_kwargs={"server_default": ""})
    extent: str = Field(default="", sa_column_kwargs={"server_default": ""})
    facts: str = Field(default="", sa_column_kwargs={"server_default": ""})
    published_at: datetime | None = when(default=None, nullable=True)
    wanted_by: datetime | None = when(default=None, nullable=True)
    solved: bool | None = None
    called: str = Field(default="", sa_column_kwargs={"server_default": ""})


class EventRow(SQLModel, table=True):
    """办理记录: append-only, kept so by a trigger."""

    __tablename__: ClassVar[Any] = "case_event"
    __table_args__ = (
        sa.Index(
            "ix_case_event_key",
            "key",
            unique=True,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        ),
    )

    id: int | None = row_id()
    case_number: int = big(foreign_key="cases.number", index=True)
    at: datetime = when()
    kind: str
    actor: str
    text: str
    data: dict[str, Any] = json()
    message: int | None = big(nullable=True)
    key: str | None = None


class PartyRow(SQLModel, table=True):
    """A villager who has joined somebody else's case: hears of it as the first one does."""

    __tablename__: ClassVar[Any] = "case_party"

    case_number: int = Field(
        primary_key=True,
        foreign_key="cases.number",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    villager: int = Field(
        primary_key=True,
        foreign_key="villager.id",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
        index=True,
    )


class NumberRow(SQLModel, table=True):
    """The last case number given. A row of its own: numbers are short and never used twice."""

    __tablename__: ClassVar[Any] = "number_series"

    name: str = Field(primary_key=True)
    last: int = big()
