"""依法删除: personal text of a case goes where the law wants it; who did what and when stays.

The history, the trail and their hashes stand on ids, acts and digests, so the chain stays whole.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from storage import contact
from storage.audit import AuditRow
from storage.bulk import BulkCaseRow, BulkRow
from storage.case import EventRow
from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import WriteSession

# where people's words about a case stand besides the case row: table, its words, how it names the case
_WORDS: Final[tuple[tuple[Any, dict[str, Any], str], ...]] = (
    (EventRow, {"text": ""}, "case_number"),
    (MessageRow, {"text": "", "reply": None, "more": {}}, "case_number"),
    (OutboxRow, {"text": ""}, "case_number"),
)


def blank(session: WriteSession, number: int) -> int:
    """Blank what people said about a case; says how many rows had to go. The case row itself is
    written by `record`, as ever."""
    rows = sum(
        session.execute(
            sa.update(table.__table__).where(table.__table__.c[column] == number).values(**values)
        )
        for table, values, column in _WORDS
    )
    out = sa.update(OutboxRow.__table__).where(  # type: ignore[attr-defined]
        OutboxRow.__table__.c.case_number == number,  # type: ignore[attr-defined]
        OutboxRow.__table__.c.task == "send",  # type: ignore[attr-defined]
    )
    session.execute(out.values(more={}))  # the words of notices, and what partners were told
    trail = sa.update(AuditRow.__table__).where(  # type: ignore[attr-defined]
        AuditRow.__table__.c.target == str(number)  # type: ignore[attr-defined]
    )
    rows += session.execute(trail.values(detail=""))
    said = sa.select(BulkCaseRow.bulk).where(BulkCaseRow.case_number == number)  # type: ignore[call-overload]
    lines = sa.update(BulkRow.__table__).where(BulkRow.__table__.c.id.in_(said))  # type: ignore[attr-defined]
    return rows + session.execute(lines.values(line="")) + contact.blank(session, number)
