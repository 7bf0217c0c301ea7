"""A year whose 放假安排 is not out: what runs into it is provisional, and reckoned anew when it is out,
by whatever process is there then. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import storage.database
from bot.scheduler import Timed
from bot.service import Service
from casework.calendar import SHANGHAI
from handlers.message import Incoming
from storage.database import Moment
from storage.session import ReadSession, WriteSession
from storage.town import CalendarDay, touch
from tests.storage.servers import SERVERS, open_database, settled

NEW_YEAR = date(2027, 1, 1)
WEDNESDAY = datetime(2026, 12, 30, 9, 0, tzinfo=SHANGHAI)
_begin = storage.database.begin


class Process:
    """The service on a database, in the last days of 2026."""

    def __init__(self, url: str) -> None:
        self.service = Service(open_database(url))
        self.timed = Timed(self.service)
        self.said = 0

    def says(self, who: str, text: str, channel: Any = "wecom") -> str:
        self.said += 1
        key = f"{id(self)}:{self.said}"
        incoming = Incoming(
            channel=channel, account="a", sender=who, key=key, kind="text",
            sent_at=WEDNESDAY, text=text,
        )  # fmt: skip
        reply = asyncio.run(self.service.receive(incoming))
        return reply.text if reply is not None else ""

    def beat(self) -> None:
        asyncio.run(self.timed.beat())

    def reply_clock(self) -> tuple[bool, datetime, datetime, datetime]:
        """Provisional?, due, its first step, what the case promises."""
        question = sa.text(
            "SELECT provisional, due_at, next_at, promised_at FROM clock "
            "JOIN cases ON number = case_number WHERE name = 'reply'"
        )
        with self.service.database.reading() as (session, _):
            (row,) = session.connection.execute(question).all()
        due, following, promised = (
            datetime.fromtimestamp(each / 1000, SHANGHAI) for each in row[1:]
        )
        return bool(row[0]), due, following, promised

    def end(self) -> None:
        self.service.database.close()


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """青石镇 before the notice of 2027."""

    def moment(session: ReadSession) -> Moment:
        return Moment(WEDNESDAY, WEDNESDAY, _begin(session).revision)

    monkeypatch.setattr(storage.database, "begin", moment)
    server = SERVERS[request.param]()
    url = server.new(settled(request.param))
    database = open_database(url)

    def not_out(session: WriteSession, _: Moment) -> None:
        session.execute(sa.delete(CalendarDay).where(sa.text("day >= '2027-01-01'")))
        touch(session)

    database.write("test", not_out).result(10)
    database.close()
    yield url
    server.drop(url)


def test_provisional_times_are_reckoned_anew_after_a_restart(url: str) -> None:
    first = Process(url)
    assert "要改" in first.says("zhao", "/时限 改 村 答复 3个工作日")
    assert "已改" in first.says("zhao", "确认")
    assert "1月5日（周二）09:00" in first.says("zhang", "石墙村三组路灯坏了", "wechat")
    first.beat()
    guessed = datetime(2027, 1, 5, 9, 0, tzinfo=SHANGHAI)
    day = timedelta(days=1)
    assert first.reply_clock() == (True, guessed, guessed - day, guessed)
    assert "2027年放假安排未定" in first.says("zhao", "/时限 1001")
    first.end()

    second = Process(url)
    second.beat()
    assert second.reply_clock()[0]  # nothing is known yet
    assert "已记" in second.says("zhao", "/日历 放假 2027年1月1日 2027年1月4日 元旦")
    second.beat()
    assert second.reply_clock()[0]  # a day is entered, the year is not certain
    assert "2027年已定" in second.says("zhao", "/日历 已公布 2027年")
    second.end()

    third = Process(url)
    third.beat()
    sure = guessed + day
    assert third.reply_clock() == (False, sure, sure - day, sure)
    said = third.says("zhao", "/时限 1001")
    assert "未定" not in said
    assert "跳过 01-01…01-04" in said
    before = third.reply_clock()
    third.beat()
    assert third.reply_clock() == before
    third.end()
