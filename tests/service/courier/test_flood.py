"""Much to say at once: gathered for who reads it, within the limits, and no platform waits for another."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import timedelta

import pytest

from bot.platform.api import CUSTOM_SEND, HANG, MESSAGE_SEND, TencentApi
from tests.service.courier.office import IMPATIENCE, ZHANG, PostOffice

pytestmark = pytest.mark.anyio


async def test_two_letters_are_two_messages(office: PostOffice) -> None:
    for text in ("一", "二"):
        await office.posts("li", text, channel="wecom")
    await office.sends()
    assert office.arrived("li") == ["一", "二"]


async def test_what_has_waited_for_one_member_comes_as_one_message(office: PostOffice) -> None:
    for text in ("一", "二", "三"):
        await office.posts("li", text, channel="wecom")
    await office.posts("wang", "别的", channel="wecom")
    await office.posts("li", "急事", channel="wecom", importance="urgent")
    await office.sends()
    assert office.arrived("li") == ["急事", "【3 条消息】\n\n1. 一\n\n2. 二\n\n3. 三"]
    assert office.arrived("wang") == ["别的"]
    assert {row["state"] for row in office.letters("li")} == {"sent"}


async def test_gathered_letters_fit_into_their_messages(office: PostOffice) -> None:
    texts = [f"第{number}件：" + "路灯" * 150 for number in range(9)]
    for text in texts:
        await office.posts("li", text, channel="wecom")
    await office.sends()
    arrived = office.arrived("li")
    assert len(arrived) == 5
    assert max(len(text.encode()) for text in arrived) <= 2048
    together = "".join(arrived)
    places = [together.index(text) for text in texts]
    assert places == sorted(places)


async def test_a_long_letter_among_many_is_counted_in_all_its_parts(office: PostOffice) -> None:
    for text in ("一", "路灯。" * 400, "三"):
        await office.posts("li", text, channel="wecom")
    await office.sends()
    (row,) = office.rows("SELECT used FROM sent_count WHERE recipient = 'li' AND span = 60")
    assert row["used"] == len(office.arrived("li")) == 4


async def test_what_was_gathered_is_repeated_word_for_word(
    office: PostOffice, tencent: TencentApi
) -> None:
    """It may have arrived: only then the platform drops the repetition."""
    office.courier = office.another_courier(IMPATIENCE)
    for text in ("一", "二", "三"):
        await office.posts("li", text, channel="wecom")
    tencent.answers(MESSAGE_SEND, HANG)
    await office.sends()
    for text in ("四", "五", "六"):
        await office.posts("li", text, channel="wecom")
    await office.later()
    await office.sends()
    asked = [call.payload["text"]["content"] for call in tencent.calls if call.path == MESSAGE_SEND]
    assert asked[0] == asked[1]
    assert [text.count("\n\n") for text in office.arrived("li")] == [3, 3]


@pytest.mark.parametrize("people", [5, pytest.param(50, marks=pytest.mark.slow)])
async def test_ten_notices_to_each_member_while_the_other_platform_is_down(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    members = [f"member{number:02}" for number in range(people)]
    monkeypatch.setattr("bot.courier.WITHIN", 600)  # it does not answer as long as we look
    monkeypatch.setattr("storage.sending.LEASE", timedelta(hours=1))
    monkeypatch.setattr("bot.channels.api.CONNECT_TIMEOUT", 600)  # however slow the machine
    office.courier = office.another_courier(600)
    tencent.always(CUSTOM_SEND, HANG)
    await office.posts_all([(f"{ZHANG}{n}", "灯修好了", "ordinary") for n in range(40)], "wechat")
    notices = [
        (member, f"通知{number}。", "urgent" if number % 3 else "ordinary")
        for number, member in itertools.product(range(10), members)
    ]
    await office.posts_all(notices, "wecom")
    while office.rows("SELECT id FROM outbox WHERE channel = 'wecom' AND state = 'pending'"):
        await office.courier._begin()
        await office.soon()
    told: dict[str, list[str]] = defaultdict(list)
    for sent in tencent.received:
        told[sent.recipient].append(sent.text)
    for member in members:
        heard = "".join(told[member])
        urgent = [heard.index(f"通知{number}。") for number in range(10) if number % 3]
        ordinary = [heard.index(f"通知{number}。") for number in range(10) if not number % 3]
        assert urgent == sorted(urgent)
        assert ordinary == sorted(ordinary)
        assert len(told[member]) <= 30
    villagers = office.rows("SELECT attempts FROM outbox WHERE channel = 'wechat'")
    assert {row["attempts"] for row in villagers} == {0}, (
        "nobody waited for the platform that is down"
    )
    await office.gives_up()
