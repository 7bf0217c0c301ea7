"""Who told staff of a matter by telephone, at the window, on a walk: as much as they left of it."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from storage.session import ReadSession, WriteSession


class ContactRow(SQLModel, table=True):
    """Personal data, apart from the case: shown masked, blanked by law."""

    __tablename__: ClassVar[Any] = "contact"

    case_number: int = Field(
        primary_key=True,
        foreign_key="cases.number",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    name: str = ""
    phone: str = ""


def keep(session: WriteSession, case: int, name: str, phone: str) -> None:
    if name or phone:
        session.add(ContactRow(case_number=case, name=name, phone=phone))


def of(session: ReadSession, case: int) -> ContactRow | None:
    found: ContactRow | None = session.first(
        select(ContactRow).where(col(ContactRow.case_number) == case)
    )
    return found


def blank(session: WriteSession, case: int) -> int:
    """Personal data goes by law; that somebody had told of it stays with the case."""
    return session.execute(
        sa.update(ContactRow).where(col(ContactRow.case_number) == case).values(name="", phone="")
    )
