"""Case numbers 编号: each given once, hidden ones where nobody can count them."""

from __future__ import annotations

from storage.database import Database, Moment
from storage.numbers import PROTECTED_NUMBERS, hidden_number, next_number
from storage.session import WriteSession
from tests.storage.town import case, file, opened


def test_fifty_at_once_get_fifty_numbers(database: Database, replica: Database) -> None:
    futures = [
        (database, replica)[n % 2].write(f"zhang {n}", lambda session, _: next_number(session))
        for n in range(50)
    ]
    assert sorted(future.result(20) for future in futures) == list(range(1001, 1051))


def test_a_number_of_work_that_failed_is_not_lost(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> None:
        next_number(session)
        raise ZeroDivisionError

    assert isinstance(database.write("key", work).exception(10), ZeroDivisionError)
    assert database.write("key", lambda session, _: next_number(session)).result(10) == 1001


def test_hidden_numbers_are_random_and_outside_the_ordinary_series(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> list[int]:
        return [hidden_number(session) for _ in range(50)]

    found = database.write("key", work).result(10)
    first, last = PROTECTED_NUMBERS
    assert all(first <= number <= last for number in found)
    assert len({len(str(number)) for number in found}) == 1
    assert len(set(found)) == 50
    assert found != sorted(found)
    assert database.write("key", lambda session, _: next_number(session)).result(10) == 1001


def test_a_hidden_number_is_not_given_twice(database: Database, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    first, _ = PROTECTED_NUMBERS
    file(database, opened(case(first + 7)))
    drawn = iter((7, 7, 8))
    monkeypatch.setattr("storage.numbers.secrets.randbelow", lambda _: next(drawn))
    given = database.write("key", lambda session, _: hidden_number(session)).result(10)
    assert given == first + 8
