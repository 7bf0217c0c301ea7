"""The whole way of a message on PostgreSQL, and two replicas that share one database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.contract import Capabilities
from bot.channels.outcome import SENT, Outcome
from bot.channels.sending import Arrived, untold
from bot.courier import Courier
from bot.scheduler import Timed
from bot.service import Service
from handlers.message import Incoming, Outgoing, Reply
from storage.database import Database
from storage.town import advance
from tests.daylight import until_ten
from tests.storage.servers import SERVERS, open_database, settled
from tests.storage.town import MONDAY

LAMP = "石墙村三组村口路灯坏了一个星期了，晚上走路害怕"
NUMBER = re.compile(r"编号 (\d+)")


@pytest.fixture
def replicas() -> Iterator[tuple[Service, Service]]:
    """Two processes of the service on the database of 青石镇."""
    server = SERVERS["postgresql"]()
    url = server.new(settled("postgresql"))
    databases = open_database(url), open_database(url)
    yield Service(databases[0]), Service(databases[1])
    for database in databases:
        database.close()
    server.drop(url)


def said(sender: str, text: str = LAMP, key: str = "1", channel: Any = "wechat") -> Incoming:
    return Incoming(
        channel=channel,
        account="gh" if channel == "wechat" else "ww",
        sender=sender,
        key=f"{channel}:{sender}:{key}",
        kind="text",
        sent_at=MONDAY,
        text=text,
    )


def number(reply: Reply | None) -> int:
    assert reply is not None
    found = NUMBER.search(reply.text)
    assert found is not None, reply.text
    return int(found[1])


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.reading() as (session, _):
        return [tuple(row) for row in session.connection.execute(sa.text(statement))]


def together(*calls: Awaitable[Any]) -> list[Any]:
    async def run() -> list[Any]:
        return await asyncio.gather(*calls)

    return asyncio.run(run())


def test_fifty_villagers_at_once_get_fifty_numbers(replicas: tuple[Service, Service]) -> None:
    replies = together(*(replicas[n % 2].receive(said(f"villager {n}")) for n in range(50)))
    assert sorted(number(reply) for reply in replies) == list(range(1001, 1051))
    database = replicas[0].database
    assert rows(database, "SELECT count(*) FROM cases") == [(50,)]
    assert rows(database, "SELECT count(*) FROM outbox WHERE recipient = 'li'") == [(50,)]
    assert rows(database, "SELECT DISTINCT state FROM message") == [("done",)]


def test_the_same_message_three_times_at_once_is_one_case(
    replicas: tuple[Service, Service],
) -> None:
    service = replicas[0]
    replies = together(*(service.receive(said("zhang")) for _ in range(3)))
    assert {number(reply) for reply in replies} == {1001}
    assert rows(service.database, "SELECT number FROM cases") == [(1001,)]
    assert rows(service.database, "SELECT count(*) FROM outbox") == [(1,)]


def test_the_same_message_to_both_replicas_is_one_case(replicas: tuple[Service, Service]) -> None:
    replies = together(*(replicas[n % 2].receive(said("zhang")) for n in range(6)))
    assert {number(reply) for reply in replies} == {1001}
    assert rows(replicas[1].database, "SELECT number FROM cases") == [(1001,)]
    assert rows(replicas[1].database, "SELECT count(*) FROM outbox") == [(1,)]


def test_one_person_s_words_join_one_case_whatever_replica_hears_them(
    replicas: tuple[Service, Service],
) -> None:
    assert number(asyncio.run(replicas[0].receive(said("zhang")))) == 1001
    asyncio.run(replicas[1].receive(said("zhang", "就在小卖部门口", "2")))
    assert rows(replicas[0].database, "SELECT number FROM cases") == [(1001,)]
    events = rows(replicas[0].database, "SELECT kind FROM case_event ORDER BY id")
    assert events == [("open",), ("supplement",)]


def test_a_case_goes_its_way_from_replica_to_replica(replicas: tuple[Service, Service]) -> None:
    def say(who: int, *given: Any, **more: Any) -> str:
        reply = asyncio.run(replicas[who].receive(said(*given, **more)))
        return reply.text if reply is not None else ""

    say(0, "zhang")
    assert "1001" in say(1, "li", "接单 1001", channel="wecom")
    assert "1001" in say(0, "li", "办结 1001 已换新灯", "2", channel="wecom")
    assert say(1, "zhang", "满意", "3")
    assert rows(replicas[0].database, "SELECT state, rating FROM cases") == [("settled", 4)]
    assert "1001" in say(0, "zhao", "/查 1001", channel="wecom")
    assert say(1, "zhao", "/统计", "2", channel="wecom")


def test_both_replicas_sweep_and_each_reminder_comes_once(
    replicas: tuple[Service, Service],
) -> None:
    """The town's clock stands on a Monday morning, whatever day it is, and jumps on; both processes
    wake up at the same moment."""

    def jump(by: timedelta) -> None:
        step = by // timedelta(milliseconds=1)
        replicas[0].database.write("clock", lambda session, _: advance(session, step)).result(10)

    jump(MONDAY - datetime.now(UTC))
    for n in range(30):
        asyncio.run(replicas[0].receive(said(f"villager {n}")))
    timed = [Timed(service) for service in replicas]
    for _ in range(4):
        jump(timedelta(hours=20))
        together(*(each.sweep() for each in timed * 3))
    fired = rows(
        replicas[0].database,
        "SELECT key, count(*) FROM case_event WHERE key LIKE 'clock:%' GROUP BY key",
    )
    assert len(fired) > 30
    assert {count for _, count in fired} == {1}
    told = rows(
        replicas[0].database,
        "SELECT case_number, text, count(*) FROM outbox WHERE key LIKE 'c%' AND recipient = 'li' "
        "GROUP BY case_number, text",
    )
    assert told
    assert {count for *_, count in told} == {1}


class Postbox:
    """Keeps what goes out, slowly enough that a second courier could take it too."""

    capabilities = Capabilities()

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        self.sent.append(message.key)
        await asyncio.sleep(0.005)
        return SENT

    fetch: Callable[..., Any]
    aclose: Callable[..., Any]


def test_two_couriers_deliver_each_letter_once(
    replicas: tuple[Service, Service], tmp_path: Path
) -> None:
    replicas[0].database.write("clock", lambda session, _: until_ten(session)).result(10)
    together(*(replicas[n % 2].receive(said(f"villager {n}")) for n in range(40)))
    postbox: Any = Postbox()
    couriers = [
        Courier(service.database, service.shelf, {("wecom", ""): postbox}, tmp_path)
        for service in replicas
    ]

    async def deliver(courier: Courier) -> None:
        while await courier.round():
            pass

    together(*(deliver(courier) for courier in couriers))
    assert len(postbox.sent) == len(set(postbox.sent)) == 40
    assert rows(replicas[0].database, "SELECT DISTINCT state FROM outbox") == [("sent",)]
