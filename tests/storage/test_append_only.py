"""What has happened stays as it was: kept so by the database, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from storage import audit, town
from storage.audit import AuditRow, AuditSeal
from storage.case import EventRow
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.town import TownEntry
from tests.storage.town import MONDAY, case, file, opened


@pytest.fixture(scope="module")
def happened(shared: Database) -> Database:
    """One row in each of the tables."""

    def work(session: WriteSession, begun: Moment) -> None:
        audit.write(
            session, actor="staff:zhao", act="派", target="1001", detail="张大娘", now=MONDAY
        )
        audit.seal(session, MONDAY)
        town.put(session, "place", "x", {"name": "x"}, source="file", by="start", now=MONDAY)

    shared.write("key", work).result(10)
    file(shared, opened(case(1001)))
    return shared


UPDATES: list[tuple[Any, dict[str, Any]]] = [
    (EventRow, {"text": "nothing"}),
    (EventRow, {"kind": "reply"}),
    (EventRow, {"actor": "staff:li"}),
    (EventRow, {"data": {}}),
    (AuditRow, {"actor": "staff:li"}),
    (AuditRow, {"act": "查"}),
    (AuditRow, {"at": MONDAY}),
    (AuditRow, {"target": ""}),
    (AuditRow, {"digest": ""}),
    (AuditRow, {"detail": "李大娘"}),
    (AuditSeal, {"hash": ""}),
    (TownEntry, {"value": {"name": "y"}}),
    (TownEntry, {"changed_by": "li"}),
]


@pytest.mark.parametrize(("table", "values"), UPDATES)
def test_it_cannot_be_changed(happened: Database, table: Any, values: dict[str, Any]) -> None:
    error = happened.write(
        "key", lambda session, _: session.execute(sa.update(table).values(**values))
    ).exception(10)
    assert "append-only" in str(error)


@pytest.mark.parametrize("table", [EventRow, AuditRow, AuditSeal, TownEntry])
def test_it_cannot_be_taken_away(happened: Database, table: Any) -> None:
    error = happened.write("key", lambda session, _: session.execute(sa.delete(table))).exception(
        10
    )
    assert "append-only" in str(error)


def test_personal_text_can_be_blanked_by_law(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> int:
        audit.write(
            session, actor="staff:zhao", act="派", target="1001", detail="张大娘", now=MONDAY
        )
        audit.seal(session, MONDAY)
        return session.execute(sa.update(AuditRow).values(detail=""))

    assert database.write("key", work).result(10) == 1
    with database.reading() as (session, _):
        (row,) = audit.last(session)
        assert (row.detail, row.actor, row.target) == ("", "staff:zhao", "1001")
        assert audit.broken(session) is None
