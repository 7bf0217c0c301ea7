"""Lists for groups: through the outbox, within what the platform allows, and no key anywhere."""

from __future__ import annotations

import json
import logging

import pytest

from bot.channels.robot.send import RobotSender, written
from bot.platform.api import HANG, WEBHOOK, Http, Step, TencentApi
from storage.town import put
from tests.service.courier.office import IMPATIENCE, PostOffice

pytestmark = pytest.mark.anyio

KEY = "693a0000-7a0c-4bc4-97a0-0ec2aaaaaaaa"
GROUP = "石墙村群"
TEXT = "【今日清单】石墙村\n待接单1件：\n1001 诉求·路灯 石墙村三组网格员 待接单，还有1天"
MARKDOWN = "**【今日清单】石墙村**\n待接单1件：\n> 1001 诉求·路灯 石墙村三组网格员 待接单，还有1天"


@pytest.fixture
async def office(office: PostOffice, tencent: TencentApi) -> PostOffice:
    """石墙村's group has a robot."""
    await has_robot(office)
    tencent.robots[KEY] = GROUP
    return office


async def has_robot(office: PostOffice, **keys: str) -> None:
    row = {"name": GROUP, "key": KEY, "unit": "shiqiang", "lists": {"daily": "每天 08:30"}, **keys}
    await office.database.awrite(
        "town",
        lambda session, begun: put(
            session, "robot", "qun", row, source="file", by="cli", now=begun.now
        ),
    )


async def says(office: PostOffice, text: str = TEXT, times: int = 1) -> None:
    await office.posts_all([("qun", text, "ordinary")] * times, "robot", matters=False)


async def test_a_group_reads_markdown_and_text_where_it_reads_in_wechat(
    office: PostOffice, tencent: TencentApi
) -> None:
    await says(office)
    await office.sends()
    assert [sent.payload for sent in tencent.received] == [
        {"msgtype": "markdown", "markdown": {"content": MARKDOWN}}
    ]
    await has_robot(office, reads="wechat")
    await says(office)
    await office.sends()
    assert tencent.received[-1].payload == {"msgtype": "text", "text": {"content": TEXT}}
    assert office.arrived(GROUP) == [MARKDOWN, TEXT]


async def test_fewer_than_twenty_a_minute_and_none_is_lost(
    office: PostOffice, tencent: TencentApi
) -> None:
    await says(office, times=30)
    await office.sends()
    first = len(office.arrived(GROUP))
    assert 10 <= first < 20
    await office.later()
    await office.sends()
    assert len(office.arrived(GROUP)) == first  # the minute is not over
    await office.change("DELETE FROM sent_count")
    await office.later()
    await office.sends()
    await office.change("DELETE FROM sent_count")
    await office.later()
    await office.sends()
    assert len(office.arrived(GROUP)) == 30


async def test_too_many_for_the_platform_is_waited_for(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.answers(WEBHOOK, 45009)
    await says(office)
    await office.sends()
    assert office.waits("qun") == pytest.approx(60, abs=5)
    await office.later()
    await office.sends()
    assert len(office.arrived(GROUP)) == 1


async def test_a_robot_that_is_gone_is_an_admins_task_without_its_key(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.robots.clear()
    await says(office, times=2)
    await office.sends()
    assert [row["state"] for row in office.letters("qun")] == ["refused", "refused"]
    (task,) = office.rows("SELECT * FROM task")
    assert "群机器人“石墙村群”" in task["text"]
    assert office.arrived("zhao") == [task["text"]]
    assert KEY not in json.dumps([*office.rows("SELECT * FROM outbox"), task], default=str)


@pytest.mark.parametrize(("trouble", "calls"), [(HANG, 1), (-1, 4), (Http(502), 4)])
async def test_what_may_have_been_said_is_not_said_again_and_what_was_not_four_times_at_most(
    office: PostOffice, tencent: TencentApi, trouble: Step, calls: int
) -> None:
    office.courier = office.another_courier(IMPATIENCE)
    tencent.always(WEBHOOK, trouble)
    await says(office)
    for _ in range(6):
        await office.sends()
        await office.later()
    assert tencent.counts[WEBHOOK] == calls
    assert [row["state"] for row in office.letters("qun")] == ["refused"]


async def test_the_key_is_in_no_log(
    office: PostOffice, tencent: TencentApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tencent.answers(WEBHOOK, 93000, Http(502))
    await says(office, times=3)
    await office.sends()
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    assert ours
    assert KEY not in "".join(record.getMessage() for record in ours)
    sender = office.courier.senders["robot", ""]
    assert isinstance(sender, RobotSender)


@pytest.mark.parametrize(
    ("shows", "kind", "limit"), [(True, "markdown", 4096), (False, "text", 2048)]
)
def test_a_long_list_goes_in_parts_that_fit_and_break_at_lines(
    shows: bool, kind: str, limit: int
) -> None:
    rows = [f"{number} 诉求·路灯 石墙村三组网格员 待接单，还有1天" for number in range(1000, 1070)]
    said, parts = written("\n".join(["【今日清单】石墙村", *rows]), shows)
    assert said == kind
    assert len(parts) > 1
    assert all(len(part.encode()) <= limit for part in parts)
    assert all(part.endswith("\n") for part in parts[:-1])
