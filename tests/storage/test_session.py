"""Sessions: what goes in comes out, and who only reads cannot write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from storage import hot, incoming, tasks
from storage.audit import TaskRow
from storage.columns import milliseconds, moment
from storage.database import Database, Moment
from storage.message import MessageRow
from storage.session import Hot, ReadSession, WriteSession
from storage.town import TownEntry, TownState
from tests.storage.town import MONDAY, message, met, row

WRITES: dict[str, Any] = {
    "hot": lambda session: WriteSession.run(session, hot.NEXT_NUMBER),
    "core": lambda session: WriteSession.execute(session, sa.update(TownState).values(revision=9)),
    "returning": lambda session: WriteSession.run_returning(session, hot.NEXT_NUMBER),
    "ddl": lambda session: session.connection.exec_driver_sql("CREATE TABLE sly (id INTEGER)"),
}


@pytest.mark.parametrize("way", WRITES)
def test_a_read_session_cannot_write(database: Database, way: str) -> None:
    def look() -> tuple[Any, ...]:
        with database.reading() as (session, _):
            return session.first(select(TownState.revision)), len(tasks.undone(session))

    before = look()
    with database.reading() as (session, _), pytest.raises(Exception, match=r"read-?only"):
        WRITES[way](session)
    assert look() == before


JSON = {"匹配": [["路灯", 1.5]], "empty": [], "nothing": None, "deep": {"yes": True}}


def test_json_is_the_same_by_every_way(database: Database) -> None:
    def write(session: WriteSession, _: Moment) -> None:
        taken = incoming.take_in(session, message("hot", more=JSON), MONDAY, MONDAY)
        assert taken is not None
        incoming.finish(session, taken, reply="好", buttons=[["a", 1]])
        session.add(MessageRow(**row("row", more=JSON, buttons=[["a", 1]])))

    database.write("key", write).result(10)
    with database.reading() as (session, _):
        rows = session.all(select(MessageRow).order_by(col(MessageRow.id)))
        assert [(row.more, row.buttons) for row in rows] == [(JSON, [["a", 1]])] * 2
        known = [incoming.known(session, key) for key in ("hot", "row")]
        assert [each.buttons for each in known if each] == [[["a", 1]]] * 2


def test_an_entry_that_was_taken_back_is_null_not_the_word_null(database: Database) -> None:
    def write(session: WriteSession, _: Moment) -> None:
        session.add(
            TownEntry(
                kind="place", id="x", version=1, value=None, source="chat", changed_by="zhao",
                changed_at=MONDAY,
            )
        )  # fmt: skip

    database.write("key", write).result(10)
    with database.reading() as (session, _):
        assert session.all(select(TownEntry.id).where(sa.text("value IS NULL"))) == ["x"]


def test_truth_comes_back_as_truth(database: Database) -> None:
    villager = met(database, "zhang")
    assert (villager.anonymous, villager.follows) == (False, True)
    assert isinstance(villager.follows, bool)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_a_moment_survives_to_the_millisecond(at: datetime) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(hours=8)))
    back = moment(milliseconds(aware))
    assert timedelta(0) <= aware - back < timedelta(milliseconds=1)
    assert back.tzinfo is UTC


def test_big_numbers_fit(database: Database) -> None:
    big = 2**53 + 1

    def write(session: WriteSession, _: Moment) -> None:
        session.add(MessageRow(**row("big", case_number=big)))

    database.write("key", write).result(10)
    with database.reading() as (session, _):
        assert session.first(select(MessageRow.case_number)) == big


def test_a_row_that_was_added_has_its_id(database: Database) -> None:
    def write(session: WriteSession, _: Moment) -> list[int | None]:
        return [session.add(TaskRow(key=f"{n}", at=MONDAY, text="t")).id for n in range(3)]

    assert database.write("key", write).result(10) == [1, 2, 3]


def test_statements_say_how_many_rows_they_changed(database: Database) -> None:
    def write(session: WriteSession, _: Moment) -> list[int]:
        session.add(TaskRow(key="1", at=MONDAY, text="t"))
        session.add(TaskRow(key="2", at=MONDAY, text="t"))
        change = sa.update(TaskRow).values(text="u")
        return [session.execute(change), session.execute(change.where(sa.false()))]

    assert database.write("key", write).result(10) == [2, 0]


def test_a_question_sees_what_the_same_transaction_has_just_written(database: Database) -> None:
    """Even if the row was looked at before, and is still in somebody's hand."""

    def write(session: WriteSession, begun: Moment) -> list[str]:
        session.add(TaskRow(key="1", at=MONDAY, text="before"))
        held = tasks.undone(session)
        session.execute(sa.update(TaskRow).values(text="after"))
        return [held[0].text, *(task.text for task in tasks.undone(session))]

    assert database.write("key", write).result(10)[-1] == "after"


def test_every_hot_statement_is_understood_by_the_database(database: Database) -> None:
    """Prepared with nothing in it: a wrong column or a missing cast shows here."""
    statements = [value for value in vars(hot).values() if isinstance(value, Hot)]

    def ask(session: ReadSession, _: Moment) -> None:
        for statement in statements:
            compiled = statement.on("sqlite" if database.sqlite else "postgresql")
            values = [compiled.literals.get(bound) for bound in compiled.names]
            session._cursor.execute("EXPLAIN " + compiled.sql, values)

    database.write("key", ask).result(10)
    assert len(statements) > 15
