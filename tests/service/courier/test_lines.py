"""Order, parts, lines side by side, and several couriers."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.platform.api import CUSTOM_SEND, HANG, MEDIA_GET, TencentApi
from tests.service.courier.office import IMPATIENCE, WANG, ZHANG, PostOffice

pytestmark = pytest.mark.anyio


async def test_a_long_text_arrives_in_parts_and_goes_on_where_it_broke_off(
    office: PostOffice, tencent: TencentApi
) -> None:
    text = "".join(
        f"第{number}条：村道硬化、路灯维修、饮水改造的安排。\n" for number in range(1, 90)
    )
    tencent.answers(CUSTOM_SEND, 0, -1)
    await office.posts(ZHANG, text)
    await office.sends()
    assert len(office.arrived(ZHANG)) == 1
    await office.later()
    await office.sends()
    parts = office.arrived(ZHANG)
    assert len(parts) == 3
    assert max(len(part.encode()) for part in parts) <= 2048
    assert "".join(parts) == text.strip()


async def test_letters_to_one_person_keep_their_order_and_what_waits_holds_its_own_line(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.answers(CUSTOM_SEND, -1)
    for text in ("一", "二", "三"):
        await office.posts(ZHANG, text)
    await office.sends()
    assert office.arrived(ZHANG) == []
    await office.posts(WANG, "您好")
    await office.posts(ZHANG, "急", importance="emergency")
    await office.sends()
    assert office.arrived(WANG) == ["您好"]
    assert office.arrived(ZHANG) == ["急"]
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["急", "一", "二", "三"]


async def test_forty_letters_to_each_of_two_arrive_in_order(office: PostOffice) -> None:
    for number, person in itertools.product(range(40), (ZHANG, WANG)):
        await office.posts(person, str(number))
    await office.sends()
    for person in (ZHANG, WANG):
        assert office.arrived(person) == [str(number) for number in range(40)]


@pytest.fixture
async def running(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    """The courier works by itself; when it stops it does not wait long for what is late."""
    monkeypatch.setattr("bot.courier.GRACE", 0.2)
    carrying = asyncio.create_task(office.courier.run())
    yield office
    office.courier.stop()
    await carrying


async def test_a_medium_that_does_not_come_holds_nobody_up(
    running: PostOffice, tencent: TencentApi
) -> None:
    tencent.always(MEDIA_GET, HANG)
    await running.says(ZHANG, "", "image", medium="never")
    running.courier.stir()
    await running.until(lambda: tencent.counts[MEDIA_GET] == 1)
    await running.posts("li", "【紧急】编号 1002", channel="wecom", importance="emergency")
    await running.posts(ZHANG, "灯修好了")
    running.courier.stir()
    await running.until(lambda: bool(running.arrived("li")) and bool(running.arrived(ZHANG)))


async def test_what_is_on_its_way_arrives_when_the_service_stops(
    office: PostOffice, tencent: TencentApi
) -> None:
    for number in range(20):
        await office.posts(f"oVillager{number}", "灯修好了")
    carrying = asyncio.create_task(office.courier.run())
    await office.until(lambda: bool(tencent.received))
    office.courier.stop()
    await carrying
    assert {row["state"] for row in office.rows("SELECT state FROM outbox")} == {"sent"}
    assert len(tencent.received) == 20


async def test_two_couriers_send_each_letter_once(office: PostOffice, tencent: TencentApi) -> None:
    other = office.another_courier()
    for number, person in itertools.product(range(10), range(12)):
        await office.posts(f"oVillager{person}", str(number))
    while sum(await asyncio.gather(office.courier.round(), other.round())):
        pass
    assert len(tencent.received) == 120
    for person in range(12):
        assert office.arrived(f"oVillager{person}") == [str(number) for number in range(10)]


async def test_the_letters_of_a_dead_process_are_sent_when_their_lease_is_over(
    office: PostOffice,
) -> None:
    await office.posts(ZHANG, "灯修好了")
    seconds = (datetime.now(UTC).timestamp() + 15) * 1000
    await office.change(f"UPDATE outbox SET claimed_until = {int(seconds)}")
    await office.sends()
    assert office.arrived(ZHANG) == []
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]


async def test_a_letter_on_its_way_is_not_sent_twice_though_its_lease_is_over(
    office: PostOffice, tencent: TencentApi
) -> None:
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(CUSTOM_SEND, HANG)
    await office.posts(ZHANG, "灯修好了")
    first = asyncio.create_task(office.courier.round())
    await office.until(lambda: tencent.counts[CUSTOM_SEND] == 1)
    await office.posts(ZHANG, "请评价")
    await office.change("UPDATE outbox SET claimed_until = 0 WHERE claimed_until IS NOT NULL")
    await office.courier.round()
    await first
    assert tencent.counts[CUSTOM_SEND] == 1
    await office.sends()
    assert office.arrived(ZHANG) == ["请评价"]
    assert [row["state"] for row in office.letters(ZHANG)] == ["held", "sent"]
