"""Rows that wait for those of other messages: seen by whoever looks, gone with whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from storage import cases, hot
from storage.case import CaseRow, EventRow
from storage.database import Database, Moment
from storage.numbers import next_number
from storage.record import record
from storage.session import WriteSession
from tests.storage.test_database import held_up
from tests.storage.town import MONDAY, SERVICE, case, opened

Work = Callable[[WriteSession, Moment], Any]

EVENTS = sa.select(sa.func.count()).select_from(EventRow)
NUMBERS = sa.select(CaseRow.number).order_by(CaseRow.number)  # type: ignore[arg-type, call-overload]


def files(number: int) -> Work:
    return lambda session, _: record(session, opened(case(number)), [], MONDAY, MONDAY)


def fails_after(work: Work) -> Work:
    def failing(session: WriteSession, begun: Moment) -> None:
        work(session, begun)
        raise LookupError("on purpose")

    return failing


def looks(session: WriteSession, _: Moment) -> list[int]:
    return list(session.connection.execute(NUMBERS).scalars())


def impossible(session: WriteSession, _: Moment) -> None:
    """An entry in the history of a case that is not there."""
    entry = {
        "case_number": 9999, "at": MONDAY, "kind": "open", "actor": "system", "text": "",
        "data": {}, "message": None, "key": None,
    }  # fmt: skip
    session.later(hot.INSERT_EVENT, [entry])


def together(database: Database, *works: Work) -> list[Any]:
    """What each piece of work gave, or the error it had; all of them in one commit on SQLite."""
    with held_up(database):
        futures = [database.write("zhang", work) for work in works]
    return [future.exception(10) or future.result() for future in futures]


def there(database: Database) -> list[int]:
    with database.reading() as (session, _):
        return list(session.connection.execute(NUMBERS).scalars())


def test_it_is_there_when_the_transaction_ends(database: Database) -> None:
    together(database, files(1001), files(1002))
    assert there(database) == [1001, 1002]
    with database.reading() as (session, _):
        assert session.connection.execute(EVENTS).scalar_one() == 2


def test_whoever_looks_sees_what_the_others_have_gathered(database: Database) -> None:
    def asks(session: WriteSession, _: Moment) -> Any:
        found = cases.find(SERVICE, session, 1001)
        return found and found.number

    assert together(database, files(1001), looks, files(1002), asks)[1::2] == [[1001], 1001]


@pytest.mark.parametrize("written", [False, True], ids=["still gathered", "written meanwhile"])
def test_what_fails_takes_only_its_own(database: Database, written: bool) -> None:
    def second(session: WriteSession, begun: Moment) -> None:
        files(1002)(session, begun)
        if written:
            looks(session, begun)

    outcome = together(database, files(1001), fails_after(second), files(1003))
    assert isinstance(outcome[1], LookupError)
    assert there(database) == [1001, 1003]


def test_who_gathered_an_impossible_row_fails_alone(database: Database) -> None:
    outcome = together(database, files(1001), impossible, files(1002))
    assert [isinstance(each, Exception) for each in outcome] == [False, True, False]
    assert there(database) == [1001, 1002]


def test_a_number_of_work_that_failed_is_given_to_the_next(database: Database) -> None:
    def number(session: WriteSession, _: Moment) -> int:
        return next_number(session)

    fails = fails_after(number)
    outcome = together(database, fails, number, number, fails, number)
    assert [each for each in outcome if isinstance(each, int)] == [1001, 1002, 1003]
    assert database.write("key", number).result(10) == 1004
