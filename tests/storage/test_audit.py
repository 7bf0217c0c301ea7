"""The audit trail: sealed into a chain, that shows when somebody has been at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from storage import audit
from storage.audit import AuditRow, AuditSeal
from storage.database import Database
from tests.storage.town import HOUR, MONDAY

ROW, LAST = col(AuditRow.id), col(AuditSeal.last)


def trail(database: Database, *targets: str) -> None:
    for target in targets:
        database.write(
            "key",
            lambda session, _, target=target: audit.write(  # type: ignore[misc]
                session,
                actor="staff:zhao",
                act="派",
                target=target,
                detail=f"派 {target} 张大娘",
                now=MONDAY,
            ),
        ).result(10)


def seal(database: Database, limit: int = 500) -> int:
    return database.write("audit", lambda session, _: audit.seal(session, MONDAY, limit)).result(10)


def broken(database: Database) -> int | None:
    with database.reading() as (session, _):
        return audit.broken(session)


def tamper(database: Database, statement: sa.Executable) -> None:
    """What somebody with the database's password could do."""
    with database.engine.begin() as connection:
        for table in ("audit", "audit_seal"):
            for verb in ("update", "delete", "rewrite"):
                on = "" if database.sqlite else f" ON {table}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")
        connection.execute(statement)


def test_rows_are_sealed_once_and_in_batches(database: Database) -> None:
    trail(database, "1", "2", "3", "4", "5")
    assert [seal(database, 2) for _ in range(4)] == [2, 2, 1, 0]
    trail(database, "6")
    assert (seal(database), broken(database)) == (1, None)
    with database.reading() as (session, _):
        links = session.all(select(AuditSeal).order_by(LAST))
    assert [(link.first, link.last) for link in links] == [(1, 2), (3, 4), (5, 5), (6, 6)]


TAMPERED: list[Callable[[], sa.Executable]] = [
    lambda: sa.update(AuditRow).where(ROW == 3).values(actor="staff:li"),
    lambda: sa.update(AuditRow).where(ROW == 3).values(at=MONDAY + HOUR),
    lambda: sa.update(AuditRow).where(ROW == 3).values(detail="派 3 李大娘"),
    lambda: sa.delete(AuditRow).where(ROW == 3),
    lambda: sa.delete(AuditRow).where(ROW == 4),
    lambda: sa.update(AuditSeal).where(LAST == 4).values(hash="0" * 64),
]


@pytest.mark.parametrize("number", range(len(TAMPERED)))
def test_tampering_shows_and_where(database: Database, number: int) -> None:
    trail(database, "1", "2", "3", "4", "5")
    while seal(database, 2):
        pass
    tamper(database, TAMPERED[number]())
    assert broken(database) == 4


def test_a_seal_that_was_taken_out_shows(database: Database) -> None:
    trail(database, "1", "2", "3", "4", "5")
    while seal(database, 2):
        pass
    tamper(database, sa.delete(AuditSeal).where(LAST == 2))
    assert broken(database) == 4


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert (seal(database), broken(database)) == (0, None)


def test_a_row_that_is_committed_late_is_sealed_too(database: Database, replica: Database) -> None:
    """Ids are given before the commit: while row 1 is on its way, row 2 must not be sealed alone."""
    with replica.engine.connect() as late:
        transaction = late.begin()
        late.execute(
            sa.insert(AuditRow).values(
                at=MONDAY, actor="staff:li", act="办结", target="1", detail="", digest=""
            )
        )
        if database.sqlite:  # one writer: nobody else has begun
            transaction.commit()
            trail(database, "2")
            assert seal(database) == 2
        else:
            trail(database, "2")
            sealing = database.write("audit", lambda session, _: audit.seal(session, MONDAY))
            with pytest.raises(TimeoutError):
                sealing.result(0.1)
            transaction.commit()
            assert sealing.result(10) == 2
    assert broken(database) is None


def test_the_trail_can_be_asked_by_person_case_and_act(database: Database) -> None:
    trail(database, "1001", "1002")
    with database.reading() as (session, _):
        assert [row.target for row in audit.last(session)] == ["1002", "1001"]
        assert [row.target for row in audit.last(session, word="1001")] == ["1001"]
        assert len(audit.last(session, word="zhao")) == 2
        assert len(audit.last(session, word="派")) == 2
        assert audit.last(session, word="li") == []
        assert len(audit.last(session, limit=1)) == 1
