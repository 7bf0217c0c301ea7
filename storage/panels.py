"""按钮卡片 (panel): a letter with buttons, as it stands on somebody's phone and can be changed.

The platform gives a receipt for each panel, with its arrival and with each press; a receipt
allows one change and is good for three days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from storage import hot
from storage.columns import big, json, row_id, when
from storage.outbox import PRIORITY, OutboxRow, line_of
from storage.session import HotRead, ReadSession, WriteSession

GOOD_FOR: Final = timedelta(hours=72)  # wall time


class PanelRow(SQLModel, table=True):
    """`buttons` are those that stand on it now; `receipt` is empty when it was used."""

    __tablename__: ClassVar[Any] = "panel"

    id: int | None = row_id()
    key: str = Field(unique=True)  # a press comes back under this name
    recipient: str
    case_number: int = big(index=True)
    letter: int = big()
    buttons: list[Any] = json()
    receipt: str
    until: datetime = when()  # wall time


_P: Any = PanelRow.__table__.c  # type: ignore[attr-defined]


class Panel(NamedTuple):
    """A panel as a value, in the order of the row's columns."""

    id: int
    key: str
    recipient: str
    case_number: int
    letter: int
    buttons: list[Any]
    receipt: str
    until: datetime


_CHANGEABLE = HotRead(
    sa.select(*_P)
    .where(
        _P.case_number == sa.bindparam("case", type_=sa.BigInteger),
        _P.receipt != sa.literal_column("''"),
        _P.until > sa.bindparam("wall", type_=_P.until.type),
    )
    .order_by(_P.id)
)


def key_of(letter: str) -> str:
    """The panel of a letter: letters and digits only, as the platform wants it."""
    return hashlib.blake2b(letter.encode(), digest_size=16).hexdigest()


def arrived(
    session: WriteSession,
    letter: OutboxRow | Any,
    buttons: Sequence[Sequence[str]],
    receipt: str,
    wall: datetime,
) -> None:
    """A letter stands on a phone as a panel."""
    panel = insert(PanelRow).values(
        key=key_of(letter.key),
        recipient=letter.recipient,
        case_number=letter.case_number,
        letter=letter.id,
        buttons=[list(each) for each in buttons],
        receipt=receipt,
        until=wall + GOOD_FOR,
    )
    session.execute(panel.on_conflict_do_nothing(index_elements=["key"]))


def pressed(
    session: WriteSession, key: str, recipient: str, receipt: str, wall: datetime
) -> int | None:
    """A press gives a new receipt; the case of the panel."""
    session.execute(
        sa.update(PanelRow)
        .where(_P.key == key, _P.recipient == recipient)
        .values(receipt=receipt, until=wall + GOOD_FOR)
    )
    row = session.first(select(PanelRow).where(_P.key == key, _P.recipient == recipient))
    return None if row is None else int(row.case_number)


def changeable(session: ReadSession, case: int, wall: datetime) -> list[Panel]:
    """The panels of a case that can still be changed."""
    return [Panel(*row) for row in session.rows(_CHANGEABLE, case=case, wall=wall)]


def change(
    session: WriteSession,
    panel: Panel,
    buttons: Sequence[Sequence[str]],
    label: str,
    now: datetime,
    wall: datetime,
) -> None:
    """Put other buttons on a panel, or a word in their place: through the outbox, once for each
    receipt."""
    letter = session.first(select(OutboxRow).where(col(OutboxRow.id) == panel.letter))
    given = [list(each) for each in buttons]
    session.run(
        hot.INSERT_OUTBOX,
        key=f"panel:{panel.id}:{panel.receipt}",
        channel=letter.channel,
        account=letter.account,
        recipient=letter.recipient,
        line=line_of(letter.channel, letter.account, letter.recipient, PRIORITY["urgent"]),
        task="change",
        priority=PRIORITY["urgent"],
        text=letter.text,
        more={"buttons": given, "label": label, "receipt": panel.receipt, "panel": panel.key},
        case_number=panel.case_number,
        created_at=now,
        not_before=now,
        retry_at=wall,
        state="pending",
    )
    session.execute(sa.update(PanelRow).where(_P.id == panel.id).values(receipt="", buttons=given))
