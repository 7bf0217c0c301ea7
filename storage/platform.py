"""What we know of the platforms: the access token that all replicas share, and what was set up there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from storage.columns import EPOCH, json, when
from storage.session import ReadSession, WriteSession

LEASE = timedelta(seconds=15)  # longer than asking for a token may take
FORCE_AGAIN = timedelta(minutes=2)  # a token may be replaced by force 20 times a day


class TokenRow(SQLModel, table=True):
    """An access token, by platform and account. One replica at a time asks for a new one."""

    __tablename__: ClassVar[Any] = "platform_token"

    name: str = Field(primary_key=True)
    token: str = ""
    good_until: datetime = when()  # wall time, as everything here
    leased_until: datetime = when()
    forced_at: datetime = when()


class FactRow(SQLModel, table=True):
    """Something that was set up at a platform, or read from it: a menu, a QR code, a template."""

    __tablename__: ClassVar[Any] = "platform_fact"

    key: str = Field(primary_key=True)
    value: dict[str, Any] = json()
    at: datetime = when()


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: `use` the token, `fetch` a new one (by force if the old one was refused
    while it should be good), or `wait` for somebody who is fetching."""

    what: Literal["use", "fetch", "wait"]
    token: str = ""
    good_until: datetime = EPOCH
    force: bool = False


def token_turn(session: WriteSession, name: str, refused: str, wall: datetime) -> Turn:
    """`refused` is a token that the platform has just said no to, or ""."""
    first = insert(TokenRow).values(
        name=name, token="", good_until=EPOCH, leased_until=EPOCH, forced_at=EPOCH
    )
    session.execute(first.on_conflict_do_nothing())
    row = session.first(select(TokenRow).where(col(TokenRow.name) == name).with_for_update())
    if row.token and row.token != refused and row.good_until > wall:
        return Turn("use", row.token, row.good_until)
    if row.leased_until > wall:
        return Turn("wait")
    force = bool(refused) and row.token == refused and row.forced_at + FORCE_AGAIN <= wall
    values: dict[str, Any] = {"leased_until": wall + LEASE}
    if force:
        values["forced_at"] = wall
    _change(session, name, values)
    return Turn("fetch", force=force)


def keep_token(session: WriteSession, name: str, token: str, good_until: datetime) -> None:
    _change(session, name, {"token": token, "good_until": good_until, "leased_until": EPOCH})


def no_token(session: WriteSession, name: str) -> None:
    """None was given: the next one may ask."""
    _change(session, name, {"leased_until": EPOCH})


def _change(session: WriteSession, name: str, values: dict[str, Any]) -> None:
    session.execute(sa.update(TokenRow).where(col(TokenRow.name) == name).values(**values))


def fact(session: ReadSession, key: str) -> dict[str, Any] | None:
    row = session.first(select(FactRow).where(col(FactRow.key) == key))
    return None if row is None else dict(row.value)


def facts(session: ReadSession, prefix: str) -> dict[str, dict[str, Any]]:
    """All facts whose key begins like this, by what comes after it."""
    rows = session.all(select(FactRow).where(col(FactRow.key).startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): dict(row.value) for row in rows}


def remember(session: WriteSession, key: str, value: dict[str, Any], wall: datetime) -> None:
    statement = insert(FactRow).values(key=key, value=value, at=wall)
    session.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": value, "at": wall})
    )
