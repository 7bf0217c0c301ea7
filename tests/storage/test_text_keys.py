"""The index of texts: filed once, found by what is shared, the newest first."""

from __future__ import annotations

from storage import text_keys
from storage.database import Database, Moment
from storage.session import WriteSession

LARGE = 2**63 - 1  # a key may be as large as this


def test_cases_are_found_by_the_keys_they_share(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> bool:
        return text_keys.file(session, 1000, 1004, {1001: [1, 2, LARGE], 1002: [2], 1003: []})

    assert database.write("compare", work).result(10)
    assert not database.write("compare", work).result(10)  # somebody has done it since
    with database.reading() as (session, _):
        assert text_keys.compared(session) == 1004
        assert text_keys.filed(session, [2, LARGE], 10) == [1001, 1002]
        assert text_keys.filed(session, [2], 1) == [1001]
        assert text_keys.filed(session, [3], 10) == []
        assert text_keys.filed(session, [], 10) == []


def test_of_a_crowded_key_the_newest_are_looked_at(database: Database) -> None:
    filed = {1001 + each: [7] for each in range(text_keys.NEWEST + 10)}
    database.write("compare", lambda s, _: text_keys.file(s, 1000, 2000, filed)).result(10)
    with database.reading() as (session, _):
        found = text_keys.filed(session, [7], 1000)
    assert found == sorted(filed)[-text_keys.NEWEST :]


def test_what_is_not_open_leaves(database: Database) -> None:
    filed = {number: [number, 7] for number in (1001, 1002, 1003)}  # of which there are no cases
    database.write("compare", lambda s, _: text_keys.file(s, 1000, 1003, filed)).result(10)

    def forget(after: int) -> int | None:
        return database.write("compare", lambda s, _: text_keys.forget_closed(s, after, 2)).result(
            10
        )

    assert forget(0) == 1002
    assert forget(1002) == 1003
    assert forget(1003) is None
    with database.reading() as (session, _):
        assert text_keys.filed(session, [7], 10) == []
