"""Column types shared by all tables, and the base they stand on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def milliseconds(moment: datetime) -> int:
    """The moment as the database keeps it."""
    return (moment - EPOCH) // _MILLISECOND


def moment(value: int) -> datetime:
    """A stored value as an aware UTC datetime."""
    return EPOCH + timedelta(milliseconds=value)


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time: aware datetime in Python, milliseconds since 1970 UTC in the database.

    An integer costs no parsing on the hot path, sorts and compares alike on both databases, and
    cannot be read in a wrong zone.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else moment(value)


def when(**options: Any) -> Any:
    """A column that holds a moment."""
    return Field(sa_type=Moment, **options)


def json(**options: Any) -> Any:
    """A column that holds a JSON value."""
    return Field(sa_type=sa.JSON, **options)


def row_id() -> Any:
    """A primary key that the database counts up: 64 bits, on SQLite the rowid."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return Field(default=None, primary_key=True, sa_type=big)  # type: ignore[call-overload]


def big(**options: Any) -> Any:
    """A whole number that refers to a row id or counts milliseconds."""
    return Field(sa_type=sa.BigInteger, **options)
