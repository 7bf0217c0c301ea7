"""What a new case costs the database.

Counted in three ways: what the session says of its hot statements, what the driver really gets
(sqlite3's trace, psycopg's cursor), and what goes through SQLAlchemy's engine, which is nothing.
Savepoints are not counted: they are not sent to a disk and change no row. One statement for
several rows (the clocks of a case, its letters) is one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from handlers import dispatch
from handlers.message import Incoming, Reply
from storage.book import Shelf
from storage.database import Database, Moment
from storage.session import WriteSession
from tests.storage.town import MONDAY

MOST = 12
SENTENCES = [
    "村口路灯坏了一个星期了，晚上走路害怕",
    "石墙村三组的自来水停了三天，老人孩子都没水喝",
    "河边有人倒垃圾",
]


class Anybody:
    def take_answer(self) -> bool:
        return True


def incoming(text: str, sender: str) -> Incoming:
    return Incoming(
        channel="wechat",
        account="gh",
        sender=sender,
        key=f"wechat:gh:{sender}:{text}",
        kind="text",
        sent_at=MONDAY,
        text=text,
    )


@contextmanager
def overheard(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[list[str], list[str]]]:
    """What the driver gets, and what of it came through SQLAlchemy's engine."""
    sent: list[str] = []
    engine: list[str] = []

    def through_engine(_: Any, __: Any, statement: str, *___: Any) -> None:
        engine.append(statement)

    sa.event.listen(session.connection, "before_cursor_execute", through_engine)
    if session.dialect == "sqlite":
        connection: Any = session.connection.connection.driver_connection
        connection.set_trace_callback(sent.append)
        yield sent, engine
        connection.set_trace_callback(None)
    else:
        with monkeypatch.context() as patched:
            for way in ("execute", "executemany"):
                _listen(patched, way, sent)
            yield sent, engine


def _listen(patched: pytest.MonkeyPatch, way: str, sent: list[str]) -> None:
    original = getattr(psycopg.Cursor, way)

    def spy(self: Any, query: str, *given: Any, **options: Any) -> Any:
        sent.append(query)
        return original(self, query, *given, **options)

    patched.setattr(psycopg.Cursor, way, spy)


def counted(statements: list[str]) -> list[str]:
    """Without savepoints; several rows into one table, one after the other, are one statement."""
    real = [" ".join(each.split()) for each in statements if "SAVEPOINT" not in each]
    return [
        first
        for first, *_ in (
            list(group)
            for _, group in itertools.groupby(
                real, lambda each: each.partition("(")[0] if each.startswith("INSERT") else object()
            )
        )
    ]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_new_case_takes_at_most_twelve_statements(
    qingshi: Database, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    shelf = Shelf()

    def file(session: WriteSession, begun: Moment) -> tuple[Reply | None, int, list[str]]:
        book = shelf.book(session, begun.revision)
        before = session.statements
        with overheard(session, monkeypatch) as (sent, engine):
            reply = dispatch.handle(session, begun, book, incoming(text, "zhang"), Anybody())
        assert engine == []
        return reply, session.statements - before, counted(sent)

    reply, said, sent = qingshi.write("wechat:gh:zhang", file).result(10)
    assert reply is not None
    assert "编号" in reply.text
    assert len(sent) == said, "\n".join(sent)
    assert said <= MOST, "\n".join(sent)


def test_a_message_that_comes_again_takes_two(
    qingshi: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()

    def handle(session: WriteSession, begun: Moment) -> tuple[Reply | None, list[str]]:
        book = shelf.book(session, begun.revision)
        with overheard(session, monkeypatch) as (sent, engine):
            message = incoming(SENTENCES[0], "zhang")
            reply = dispatch.handle(session, begun, book, message, Anybody())
        assert engine == []
        return reply, counted(sent)

    first, _ = qingshi.write("wechat:gh:zhang", handle).result(10)
    again, sent = qingshi.write("wechat:gh:zhang", handle).result(10)
    assert again == first
    assert len(sent) == 2
