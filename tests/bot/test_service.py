"""Messages in, answers out, when an answer takes its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.receiver import Unavailable
from bot.service import Service
from handlers.message import Incoming, Reply
from storage.database import Database
from tests.village import copy

pytestmark = pytest.mark.anyio

FIGURES = "本月共12件，已办结9件。"


@pytest.fixture
def let_go() -> threading.Event:
    return threading.Event()


@pytest.fixture
async def service(
    founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, let_go: threading.Event
) -> AsyncIterator[Service]:
    """A service whose figures are there when they are let go, and a platform that waits for a fifth of a
    second."""

    def slowly(*_: Any) -> Reply:
        let_go.wait(10)
        return Reply(FIGURES)

    monkeypatch.setattr("handlers.dispatch.answer_reading", slowly)
    monkeypatch.setattr("bot.service.ANSWER_WITHIN", 0.1)
    monkeypatch.setattr("bot.service.COMMIT_WITHIN", 0.2)
    database = Database(f"sqlite:///{copy(founded, tmp_path)}")
    yield Service(database)
    await asyncio.to_thread(database.close)


def question(key: str = "wecom:ww1:zhao:1") -> Incoming:
    return Incoming("wecom", "ww1", "zhao", key, "text", datetime.now(UTC), "/统计")


def rows(service: Service, statement: str) -> list[Any]:
    with service.database.reading() as (session, _):
        return list(session.connection.execute(sa.text(statement)))


async def test_figures_that_take_long_are_told_once_by_the_outbox(
    service: Service, let_go: threading.Event
) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable):
            await service.receive(question())
    let_go.set()
    async with asyncio.timeout(5):
        while not (told := rows(service, "SELECT recipient, text FROM outbox")):
            await asyncio.sleep(0.02)
    assert told == [("zhao", FIGURES)]
    assert rows(service, "SELECT state, reply FROM message") == [("done", None)]


async def test_figures_in_time_are_the_answer(
    service: Service, let_go: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go.set()
    monkeypatch.setattr("bot.service.ANSWER_WITHIN", 4.0)
    monkeypatch.setattr("bot.service.COMMIT_WITHIN", 4.8)
    one, other = await asyncio.gather(*(service.receive(question()) for _ in range(2)))
    assert one is not None
    assert one.text == FIGURES
    assert other == one
    assert rows(service, "SELECT text FROM outbox") == []
