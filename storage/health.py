"""How the service itself does, for those who watch it: letters and messages, no cases."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col

from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import ReadSession


def by_state(session: ReadSession, table: type[OutboxRow | MessageRow]) -> dict[str, int]:
    """How many letters, or incoming messages, are in which state."""
    state = col(table.state)
    rows = session.connection.execute(sa.select(state, sa.func.count()).group_by(state))
    return {row[0]: row[1] for row in rows}
