"""What the platform answers, and what becomes of the letter."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.platform.api import (
    CUSTOM_SEND,
    GET_TOKEN,
    HANG,
    MESSAGE_SEND,
    Http,
    Step,
    TencentApi,
)
from tests.service.courier.office import IMPATIENCE, LAMP, ZHANG, PostOffice

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("code", [45015, 45047])
async def test_what_may_not_be_sent_now_is_told_with_the_villagers_next_word(
    office: PostOffice, tencent: TencentApi, code: int
) -> None:
    await office.says(ZHANG, LAMP)
    tencent.answers(CUSTOM_SEND, code)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    assert [row["state"] for row in office.letters(ZHANG)] == ["held"]
    reply = await office.says(ZHANG, "查进度")
    assert "路灯" in reply
    assert "灯修好了" in reply
    assert "灯修好了" not in await office.says(ZHANG, "查进度")
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == []


async def test_who_cannot_be_reached_is_to_be_phoned_by_the_handler(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    await office.says("li", "接单")
    await office.says("li", "回复 电工明天上午到")
    tencent.always(CUSTOM_SEND, 40003)
    await office.sends()
    assert [row["state"] for row in office.letters(ZHANG)] == ["refused"]
    (task,) = office.rows("SELECT * FROM task WHERE key LIKE 'letter:%'")
    assert task["case_number"] == 1001
    (asked,) = [text for text in office.arrived("li") if "请打电话" in text]
    assert "编号 1001" in asked
    assert "电工明天上午到" in asked


@pytest.mark.parametrize("answer", [{"errcode": 0, "invaliduser": "li"}, 60111, 81013])
async def test_a_member_of_staff_whom_nothing_reaches_is_the_admins_task(
    office: PostOffice, tencent: TencentApi, answer: Step
) -> None:
    tencent.answers(MESSAGE_SEND, answer)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    assert [row["state"] for row in office.letters("li")] == ["refused"]
    (task,) = office.rows("SELECT * FROM task WHERE key LIKE 'unreachable:%'")
    assert "李守田（li）" in task["text"]
    assert [task["text"]] == office.arrived("zhao")
    tencent.answers(MESSAGE_SEND, answer)
    await office.posts("li", "【新事项】编号 1002", channel="wecom")
    await office.sends()
    assert len(office.arrived("zhao")) == 1  # one task a day, however many letters


@pytest.mark.parametrize("trouble", [-1, Http(502), Http(500)])
@pytest.mark.parametrize(("channel", "path"), [("wechat", CUSTOM_SEND), ("wecom", MESSAGE_SEND)])
async def test_a_busy_platform_is_asked_again_and_each_time_later(
    office: PostOffice,
    tencent: TencentApi,
    trouble: Step,
    channel: Literal["wechat", "wecom"],
    path: str,
) -> None:
    tencent.answers(path, trouble, trouble, trouble)
    await office.posts(ZHANG, "灯修好了", channel=channel)
    for wait in (5, 60, 900):
        await office.sends()
        assert office.waits(ZHANG) == pytest.approx(wait, abs=2)
        await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]


async def test_what_a_busy_platform_kept_from_staff_is_told_with_their_next_word(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.always(MESSAGE_SEND, -1)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    for _ in range(4):
        await office.sends()
        await office.later()
    assert [row["state"] for row in office.letters("li")] == ["held"]
    assert "【新事项】编号 1001" in await office.says("li", "待办")


@pytest.mark.parametrize(
    ("path", "code", "wait"),
    [(MESSAGE_SEND, 45009, 60), (MESSAGE_SEND, 60020, 600), (GET_TOKEN, 40001, 600)],
)
async def test_limits_and_wrong_settings_are_waited_for(
    office: PostOffice, tencent: TencentApi, path: str, code: int, wait: int
) -> None:
    tencent.answers(path, code)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    assert office.waits("li") == pytest.approx(wait, abs=30)
    assert office.arrived("li") == []
    await office.later()
    await office.sends()
    assert office.arrived("li") == ["【新事项】编号 1001"]


@pytest.mark.parametrize(
    ("path", "code", "mend"),
    [
        (MESSAGE_SEND, 60020, "企业可信IP"),
        (GET_TOKEN, 40001, "Secret"),
        (GET_TOKEN, 40013, "企业 ID"),
    ],
)
async def test_a_wrong_setting_is_an_admins_task_once_a_day_and_says_what_to_do(
    office: PostOffice, tencent: TencentApi, path: str, code: int, mend: str
) -> None:
    tencent.answers(path, code, code)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.posts("wang", "【新事项】编号 1002", channel="wecom")
    await office.sends()
    (task,) = office.rows("SELECT * FROM task WHERE key LIKE 'account:%'")
    assert str(code) in task["text"]
    assert mend in task["text"]
    await office.later()
    await office.sends()
    assert office.arrived("zhao") == [task["text"]]


async def test_without_an_answer_a_villager_may_have_it_and_is_told_with_the_next_word(
    office: PostOffice, tencent: TencentApi
) -> None:
    """公众号 would deliver it twice."""
    office.courier = office.another_courier(IMPATIENCE)
    await office.says(ZHANG, LAMP)
    tencent.answers(CUSTOM_SEND, HANG)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    (row,) = office.letters(ZHANG)
    assert row["state"] == "held"
    assert row["error"].startswith("unknown")
    await office.later()
    await office.sends()
    assert tencent.counts[CUSTOM_SEND] == 1
    assert "灯修好了" in await office.says(ZHANG, "查进度")


async def test_without_an_answer_staff_are_told_again(
    office: PostOffice, tencent: TencentApi
) -> None:
    """企业微信 drops what it has had already."""
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(MESSAGE_SEND, HANG)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    await office.later()
    await office.sends()
    assert tencent.counts[MESSAGE_SEND] == 2
    assert [sent.payload["enable_duplicate_check"] for sent in tencent.received] == [1]
    assert [row["state"] for row in office.letters("li")] == ["sent"]
