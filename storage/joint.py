"""Joint handling 联办 as rows: calls on a case, and the parts of those who were called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from casework.case import Case
from casework.joint.call import Call, Part
from storage.columns import big, json, milliseconds, moment, row_id, when
from storage.session import ReadSession, WriteSession


class CallRow(SQLModel, table=True):
    """One call 召集: by which form, by whom, what was said with it; its children are cases."""

    __tablename__: ClassVar[Any] = "call"

    id: int | None = row_id()
    case_number: int = big(foreign_key="cases.number", index=True)
    form: str
    convener: str
    opened_at: datetime = when()
    text: str
    fields: dict[str, str] = json()
    children: list[int] = json()
    due: dict[str, int] = json()  # milliseconds
    closed_at: datetime | None = when(default=None, nullable=True)
    outcome: str = ""


class PartRow(SQLModel, table=True):
    """Somebody's part in a call; `key` is the post, or the name of who has no account."""

    __tablename__: ClassVar[Any] = "part"

    call: int = Field(
        primary_key=True,
        foreign_key="call.id",
        sa_type=sa.BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    key: str = Field(primary_key=True)
    place_in_line: int  # in which order they were named
    post: str = Field(index=True)
    role: str
    state: str
    name: str = ""
    signed_at: datetime | None = when(default=None, nullable=True)
    place: str = ""
    report: str = ""
    reported_at: datetime | None = when(default=None, nullable=True)
    missed: int = 0
    rating: int | None = None
    rated_by: str = ""


_CALL: Any = CallRow.__table__  # type: ignore[attr-defined]
_PART: Any = PartRow.__table__  # type: ignore[attr-defined]
_OF_PART = tuple(Part.__slots__)


def of_case(case: Case, session: ReadSession) -> tuple[Call, ...]:
    """The calls on a case, which somebody has been shown or has taken; the oldest first."""
    rows = session.all(
        select(CallRow).where(_CALL.c.case_number == case.number).order_by(col(CallRow.id))
    )
    return _calls(session, rows)


def save(session: WriteSession, call: Call) -> None:
    """Write a call as it is now, with its parts."""
    values: dict[str, Any] = {
        "text": call.text,
        "fields": dict(call.fields),
        "children": list(call.children),
        "due": {clock: milliseconds(at) for clock, at in call.due.items()},
        "closed_at": call.closed_at,
        "outcome": call.outcome,
    }
    identity = call.id
    if identity is None:
        row = CallRow(
            case_number=call.case_number,
            form=call.form_id,
            convener=call.convener,
            opened_at=call.opened_at,
            **values,
        )
        identity = session.add(row).id
    else:
        session.execute(sa.update(_CALL).where(_CALL.c.id == identity).values(**values))
        session.execute(sa.delete(_PART).where(_PART.c.call == identity))
    parts = [
        {"call": identity, "key": part.key, "place_in_line": place, **_values(part)}
        for place, part in enumerate(call.parts)
    ]
    if parts:
        session.execute(sa.insert(_PART).values(parts))


def ratings(
    session: ReadSession, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[str, int, int, int, float | None]]:
    """下评上: of each post how often it was called, came, missed its time, and how it was rated; ever,
    or to what was called in a time."""
    called = _CALL.c.opened_at
    came = sa.func.count(_PART.c.signed_at)
    statement = (
        sa.select(
            _PART.c.post,
            sa.func.count(),
            came,
            sa.func.sum(_PART.c.missed),
            sa.func.avg(_PART.c.rating),
        )
        .join(_CALL, _CALL.c.id == _PART.c.call)
        .where(_PART.c.post != "")
        .where(*([called >= since] if since else []), *([called < until] if until else []))
        .group_by(_PART.c.post)
        .order_by(_PART.c.post)
    )
    return [
        (post, int(count), int(there), int(missed), None if rating is None else float(rating))
        for post, count, there, missed, rating in session.connection.execute(statement)
    ]


def _values(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in _OF_PART}


def _calls(session: ReadSession, rows: Sequence[CallRow]) -> tuple[Call, ...]:
    if not rows:
        return ()
    found = session.all(
        select(PartRow)
        .where(_PART.c.call.in_([row.id for row in rows]))
        .order_by(_PART.c.call, _PART.c.place_in_line)
    )
    return tuple(_call(row, [part for part in found if part.call == row.id]) for row in rows)


def _call(row: CallRow, parts: Sequence[PartRow]) -> Call:
    return Call(
        case_number=row.case_number,
        form_id=row.form,
        convener=row.convener,
        opened_at=row.opened_at,
        text=row.text,
        fields=row.fields,
        parts=tuple(Part(**{name: getattr(part, name) for name in _OF_PART}) for part in parts),
        children=tuple(row.children),
        due={clock: moment(at) for clock, at in row.due.items()},
        closed_at=row.closed_at,
        outcome=row.outcome,
        id=row.id,
    )
