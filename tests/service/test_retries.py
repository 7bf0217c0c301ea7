"""Deliveries that come again, at once, late, or while nothing can be written."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from bot.platform.api import CUSTOM_SEND, MESSAGE_SEND, TencentApi
from bot.platform.tencent import Answer, Delivery, Platform, Wechat, Wecom
from tests.service.running import Xiaoge, number_in, wait_for

Villager = Callable[[], str]
LAMP = "石墙村三组村口路灯坏了，晚上走路害怕"


async def at_once(platform: Platform, deliveries: list[Delivery]) -> list[Answer]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return list(await asyncio.gather(*(platform.apost(client, each) for each in deliveries)))


def cases_of(xiaoge: Xiaoge, person: str) -> list[int]:
    rows = xiaoge.rows(
        "SELECT number FROM cases JOIN villager ON villager.id = cases.villager WHERE openid = ?",
        person,
    )
    return [row["number"] for row in rows]


def settled(xiaoge: Xiaoge) -> bool:
    """Nothing waits to be sent."""
    return bool(xiaoge.value("SELECT count(*) FROM outbox WHERE state = 'pending'") == 0)


def notices(tencent: TencentApi, number: int) -> list[str]:
    return [
        sent.recipient
        for sent in tencent.received
        if sent.path == MESSAGE_SEND and f"编号 {number}\n" in sent.text
    ]


def told(tencent: TencentApi, person: str) -> list[str]:
    """What the person was sent. All tell of the same lamp here: that they may join comes besides."""
    return [
        sent.text
        for sent in tencent.received
        if sent.path == CUSTOM_SEND and sent.recipient == person and "合在一起办" not in sent.text
    ]


@pytest.mark.anyio
async def test_a_message_three_times_at_once_is_one_case_and_one_notice(
    xiaoge: Xiaoge, wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    person, number = villager(), wechat.message_id()
    answers = await at_once(wechat, [wechat.text(person, LAMP, number) for _ in range(3)])
    assert [answer.status for answer in answers] == [200] * 3
    (case,) = cases_of(xiaoge, person)
    assert {number_in(answer.reply) for answer in answers} == {case}
    assert len({answer.reply for answer in answers}) == 1
    assert wait_for(lambda: settled(xiaoge))
    assert notices(tencent, case) == ["li"]
    assert told(tencent, person) == []


@pytest.mark.anyio
async def test_fifty_villagers_at_once_get_fifty_numbers(
    xiaoge: Xiaoge, wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    people = [villager() for _ in range(50)]
    answers = await at_once(wechat, [wechat.text(person, LAMP) for person in people])
    numbers = [number_in(answer.reply) for answer in answers]
    assert None not in numbers
    assert len(set(numbers)) == 50
    assert [cases_of(xiaoge, person) for person in people] == [[number] for number in numbers]
    assert wait_for(lambda: settled(xiaoge))
    assert [notices(tencent, number or 0) for number in numbers] == [["li"]] * 50


def test_the_same_message_id_from_two_people_is_two_messages(
    xiaoge: Xiaoge, wechat: Wechat, villager: Villager
) -> None:
    number = wechat.message_id()
    one, other = (number_in(wechat.says(villager(), LAMP, number).reply) for _ in range(2))
    assert one is not None
    assert other == one + 1


def test_two_messages_of_one_person_in_a_second_are_two(
    xiaoge: Xiaoge, wechat: Wechat, villager: Villager
) -> None:
    person = villager()
    number = number_in(wechat.says(person, LAMP).reply)
    assert f"补充到编号 {number}" in (wechat.says(person, "就在大樟树下面").reply or "")
    assert cases_of(xiaoge, person) == [number]


def test_what_overtakes_on_the_way_is_one_matter_all_the_same(
    xiaoge: Xiaoge, wechat: Wechat, villager: Villager
) -> None:
    """The later message first, then the earlier one, then each once more."""
    person = villager()
    earlier, later = wechat.message_id(), wechat.message_id()
    first = wechat.says(person, "就在石墙村三组大樟树下面，灯坏了", later).reply
    second = wechat.says(person, LAMP, earlier).reply
    number = number_in(first)
    assert number is not None
    assert number_in(second) == number
    assert [wechat.says(person, "…", each).reply for each in (later, earlier)] == [first, second]
    assert cases_of(xiaoge, person) == [number]
    kept = xiaoge.value("SELECT count(*) FROM message WHERE person LIKE ?", f"%{person}")
    assert kept == 2


def test_a_repeated_event_is_one(xiaoge: Xiaoge, wechat: Wechat, villager: Villager) -> None:
    person = villager()
    xml = wechat.xml(person, "event", Event="subscribe", EventKey="")
    first, second = (wechat.post(wechat.delivery(xml)) for _ in range(2))
    assert first.reply
    assert second.reply == first.reply
    later = xml.replace("<CreateTime>", "<CreateTime>1")
    assert wechat.post(wechat.delivery(later)).status == 200
    kept = xiaoge.value("SELECT count(*) FROM message WHERE person LIKE ?", f"%{person}")
    assert kept == 2


def test_a_word_of_staff_said_twice_is_said_once(
    xiaoge: Xiaoge, wechat: Wechat, wecom: Wecom, tencent: TencentApi, villager: Villager
) -> None:
    person = villager()
    number = number_in(wechat.says(person, LAMP).reply)
    message = wecom.message_id()
    words = f"回复 {number} 电工明天上午到"
    answers = [wecom.says("li", words, message) for _ in range(3)]
    assert len({answer.reply for answer in answers}) == 1
    assert wait_for(lambda: settled(xiaoge))
    assert sum("电工明天上午到" in text for text in told(tencent, person)) == 1


# --- when nothing can be written ------------------------------------------------------------------


@contextmanager
def writer_held(xiaoge: Xiaoge, seconds: float) -> Iterator[None]:
    """Another process writes, and takes its time."""
    holds, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(xiaoge.database, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            holds.set()
            let_go.wait(seconds)
            other.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert holds.wait(30)
        yield
    finally:
        let_go.set()
        thread.join()


def test_what_takes_longer_than_four_seconds_is_answered_later_and_once(
    xiaoge: Xiaoge, wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    person, message = villager(), wechat.message_id()
    with writer_held(xiaoge, 4.3):
        begun = time.monotonic()
        answer = wechat.says(person, LAMP, message)
        took = time.monotonic() - begun
    assert (answer.status, answer.text) == (200, "success")
    assert 4.0 < took < 5.0
    (case,) = cases_of(xiaoge, person)
    wait_for(lambda: told(tencent, person))
    assert wechat.says(person, LAMP, message).text == "success"
    assert wait_for(lambda: settled(xiaoge))
    (reply,) = told(tencent, person)
    assert number_in(reply) == case
    assert notices(tencent, case) == ["li"]


def test_what_is_not_stored_in_time_is_delivered_again_and_answered_once(
    xiaoge: Xiaoge, wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    person, message = villager(), wechat.message_id()
    with writer_held(xiaoge, 5.5):
        begun = time.monotonic()
        answer = wechat.says(person, LAMP, message)
        assert (answer.status, answer.text) == (503, "")
        assert time.monotonic() - begun < 5.0
    again = wechat.says(person, LAMP, message)
    assert again.status == 200
    (case,) = cases_of(xiaoge, person)
    assert wait_for(lambda: settled(xiaoge))
    heard = [text for text in (again.reply, *told(tencent, person)) if text]
    assert [number_in(text) for text in heard] == [case]
    assert notices(tencent, case) == ["li"]


@contextmanager
def commits_failing(xiaoge: Xiaoge) -> Iterator[None]:
    """Each commit that holds a message fails, at the commit itself."""

    def run(script: str) -> Any:
        with closing(sqlite3.connect(xiaoge.database, timeout=30)) as other:
            other.executescript(script)

    run(
        "CREATE TABLE nowhere (id INTEGER PRIMARY KEY);"
        "CREATE TABLE broken (id INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TRIGGER break_commit AFTER INSERT ON message BEGIN"
        " INSERT INTO broken VALUES (1); END;"
    )
    try:
        yield
    finally:
        run("DROP TRIGGER break_commit; DROP TABLE broken; DROP TABLE nowhere;")


def test_a_failed_commit_is_503_and_the_next_delivery_works(
    xiaoge: Xiaoge, wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    person, message = villager(), wechat.message_id()
    with commits_failing(xiaoge):
        answers = [wechat.says(person, LAMP, message) for _ in range(2)]
        assert [(answer.status, answer.text) for answer in answers] == [(503, "")] * 2
        assert cases_of(xiaoge, person) == []
    answer = wechat.says(person, LAMP, message)
    (case,) = cases_of(xiaoge, person)
    assert number_in(answer.reply) == case
    assert wait_for(lambda: settled(xiaoge))
    assert notices(tencent, case) == ["li"]
