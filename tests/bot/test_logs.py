"""The log's tracebacks: places and kinds of errors, nobody's words."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.logs import FORMAT, Discreet

WORDS = "石墙村三组李大妈的低保"


def database_quotes() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:text)"), {"text": WORDS})


def address_quotes() -> None:
    raise RuntimeError(f"https://example.cn/?access_token={WORDS}")


def one_after_the_other() -> None:
    try:
        address_quotes()
    except RuntimeError as error:
        raise KeyError(WORDS) from error


def without_a_past() -> None:
    try:
        address_quotes()
    except RuntimeError:
        raise KeyError(WORDS) from None


def no_such_file() -> None:
    open("/nowhere/" + WORDS)  # noqa: SIM115


def logged(work: Callable[[], None]) -> str:
    try:
        work()
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", (), sys.exc_info())
        return Discreet(FORMAT).format(record)
    raise AssertionError("nothing went wrong")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (database_quotes, "OperationalError: no such table: nowhere"),
        (address_quotes, "RuntimeError"),
        (one_after_the_other, "KeyError\nafter\n"),
        (without_a_past, "KeyError"),
        (no_such_file, "FileNotFoundError: No such file or directory"),
    ],
)
def test_a_traceback_says_where_and_which_but_quotes_nobody(
    work: Callable[[], None], said: str
) -> None:
    text = logged(work)
    assert said in text
    assert f"in {work.__name__}" in text
    assert WORDS not in text


def test_what_has_no_past_tells_none() -> None:
    assert "after" not in logged(without_a_past)


def test_sqlite_may_say_what_is_wrong_with_it() -> None:
    def locked() -> None:
        raise sqlite3.OperationalError("database is locked")

    assert logged(locked).endswith("OperationalError: database is locked")
