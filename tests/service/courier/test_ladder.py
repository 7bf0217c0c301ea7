"""How 张大娘 learns of something later: the rungs, in their order, and what is written of each."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platform.account import SUBSCRIPTION_SEND, TEMPLATE_SEND
from bot.platform.api import CUSTOM_SEND, HANG, Http, Step, TencentApi
from handlers.timed import letters
from storage.platform import remember
from tests.service.courier.office import (
    IMPATIENCE,
    LAMP,
    SUBSCRIPTION,
    TEMPLATE,
    ZHANG,
    PostOffice,
)

pytestmark = pytest.mark.anyio
FIELDS = {"character_string1": "number", "thing2": "matter", "phrase3": "state", "time4": "at"}


async def set_up(office: PostOffice) -> None:
    """`xiaoge wechat setup` has read both templates."""

    def work(session: Any, begun: Any) -> None:
        for template in (SUBSCRIPTION, TEMPLATE):
            remember(session, f"wechat:template:{template}", {"fields": FIELDS}, begun.wall)

    await office.database.awrite("setup", work)


async def subscribe(office: PostOffice) -> None:
    await office.change(f"UPDATE villager SET subscribed = true WHERE openid = '{ZHANG}'")


def tried(office: PostOffice) -> list[tuple[str, str, int]]:
    rows = office.rows("SELECT rung, outcome, code FROM delivery ORDER BY id")
    return [(row["rung"], row["outcome"], row["code"]) for row in rows]


async def test_five_may_be_sent_and_the_last_is_kept_for_what_matters(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    for number in range(5):
        await office.posts(ZHANG, f"小事{number}", matters=False, allowed=0)
    await office.sends()
    assert office.arrived(ZHANG) == [f"小事{number}" for number in range(4)]
    await office.posts(ZHANG, "灯修好了", allowed=0)
    await office.sends()
    assert office.arrived(ZHANG)[-1] == "灯修好了"
    await office.posts(ZHANG, "还有一件", allowed=0)
    await office.sends()
    assert tencent.counts[CUSTOM_SEND] == 5
    assert "小事4" in (told := await office.says(ZHANG, "查进度"))
    assert "还有一件" in told


async def test_a_tap_on_the_menu_opens_a_minute_and_does_not_shorten_what_a_word_gave(
    office: PostOffice,
) -> None:
    def window() -> Any:
        (row,) = office.rows(f"SELECT * FROM villager WHERE openid = '{ZHANG}'")
        return row["allowed"], row["open_until"]

    await office.taps(ZHANG, "查进度")
    allowed, until = window()
    assert allowed == 3
    await office.says(ZHANG, LAMP)
    allowed, later = window()
    assert allowed == 5
    assert later - until > 47 * 3600 * 1000
    await office.taps(ZHANG, "查进度")
    assert window() == (5, later)


async def test_without_a_window_the_platform_is_not_even_asked(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    await office.change("UPDATE villager SET open_until = 0")
    await office.posts(ZHANG, "灯修好了", allowed=0)
    await office.sends()
    assert tencent.counts[CUSTOM_SEND] == 0
    assert tried(office) == [("customer", "failed", 0), ("next_word", "waits", 0)]


async def refused(office: PostOffice, tencent: TencentApi, code: int) -> None:
    """A letter that matters, and the customer message is refused."""
    await set_up(office)
    tencent.answers(CUSTOM_SEND, code)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()


@pytest.mark.parametrize("code", [45015, 45047, 48001])
async def test_what_matters_climbs_to_the_template_message(
    office: PostOffice, tencent: TencentApi, code: int
) -> None:
    await refused(office, tencent, code)
    assert tried(office) == [("customer", "failed", code), ("template", "told", 0)]
    (sent,) = [sent for sent in tencent.received if sent.path == TEMPLATE_SEND]
    assert sent.payload["template_id"] == TEMPLATE
    assert sent.payload["url"] == "https://xiaoge.example.cn/my/1001"
    assert sent.payload["data"] == {
        "character_string1": {"value": "1001"},
        "thing2": {"value": "诉求·路灯，石墙村三组"},
        "phrase3": {"value": "待评价"},
        "time4": {"value": "2026年03月02日 10:00"},
    }
    assert [row["state"] for row in office.letters(ZHANG)] == ["sent"]


async def test_who_has_taken_the_long_term_notice_gets_that_first(
    office: PostOffice, tencent: TencentApi
) -> None:
    await set_up(office)
    tencent.answers(CUSTOM_SEND, 45015, 45015)
    await office.posts(ZHANG, "灯修好了")
    await subscribe(office)
    await office.sends()
    assert tried(office)[1] == ("subscription", "told", 0)
    tencent.answers(SUBSCRIPTION_SEND, 43101)
    await office.posts(ZHANG, "请评价")
    await office.sends()
    assert tried(office)[-2:] == [("subscription", "failed", 43101), ("template", "told", 0)]
    assert office.rows("SELECT subscribed FROM villager")[0]["subscribed"] == 0


async def test_what_does_not_matter_waits_for_the_next_word(
    office: PostOffice, tencent: TencentApi
) -> None:
    await set_up(office)
    tencent.answers(CUSTOM_SEND, 45015)
    await office.posts(ZHANG, "换了一位同志办", matters=False)
    await office.sends()
    assert tried(office) == [("customer", "failed", 45015), ("next_word", "waits", 0)]
    assert "换了一位同志办" in await office.says(ZHANG, "查进度")
    assert tried(office)[-1] == ("next_word", "told", 0)


async def test_a_value_that_the_template_refuses_is_written_down_and_not_tried_again(
    office: PostOffice, tencent: TencentApi
) -> None:
    await set_up(office)
    tencent.answers(CUSTOM_SEND, 45015)
    tencent.answers(TEMPLATE_SEND, 47003)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    assert tencent.counts[TEMPLATE_SEND] == 1
    assert tried(office)[1:] == [("template", "failed", 47003), ("next_word", "waits", 0)]


async def test_nobody_knows_whether_it_arrived_so_the_next_rung_tells_it_too(
    office: PostOffice, tencent: TencentApi
) -> None:
    await set_up(office)
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(CUSTOM_SEND, HANG)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    assert tried(office) == [("customer", "unknown", 0), ("template", "told", 0)]


@pytest.mark.parametrize("code", [40003, 43004])
async def test_who_does_not_follow_is_not_tried_on_other_rungs(
    office: PostOffice, tencent: TencentApi, code: int
) -> None:
    await refused(office, tencent, code)
    assert tencent.counts[TEMPLATE_SEND] == 0
    assert office.rows("SELECT follows FROM villager")[0]["follows"] == 0
    assert len(office.rows("SELECT * FROM task WHERE key LIKE 'letter:%'")) == 1
    await office.posts(ZHANG, "请评价", allowed=0)
    await office.sends()
    assert tencent.counts[CUSTOM_SEND] == 1


async def test_a_template_message_that_was_blocked_is_told_otherwise(
    office: PostOffice, tencent: TencentApi
) -> None:
    await refused(office, tencent, 45015)
    (row,) = office.rows("SELECT receipt FROM delivery WHERE rung = 'template'")
    await office.happens(ZHANG, "templatesendjobfinish", f"{row['receipt']}:failed:user block")
    assert [row["state"] for row in office.letters(ZHANG)] == ["held"]
    assert "灯修好了" in await office.says(ZHANG, "查进度")


async def test_what_has_waited_a_day_is_phoned_and_the_case_shows_it(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    await office.says("li", "接单")
    await office.change("UPDATE villager SET open_until = 0")
    await office.says("li", "回复 1001 电工明天上午到")
    await office.sends()
    assert await phone(office) == 0
    await office.change("UPDATE outbox SET created_at = created_at - 90000000")
    assert await phone(office) == 1
    assert await phone(office) == 0
    await office.sends()
    assert any("请打电话" in text for text in office.arrived("li"))
    shown = await office.says("li", "查 1001")
    assert "告知群众" in shown
    assert "电话，还没有告诉" in shown
    await office.says(ZHANG, "查进度")
    assert "等本人下次来信已送达" in await office.says("li", "查 1001")


async def test_a_letter_without_a_case_is_phoned_once_as_well(office: PostOffice) -> None:
    await office.posts(ZHANG, "灯修好了", allowed=0)
    await office.sends()
    await office.change("UPDATE outbox SET created_at = created_at - 90000000")
    assert await phone(office) == 1
    assert await phone(office) == 0


async def phone(office: PostOffice) -> int:
    return await office.database.awrite(
        "outbox",
        lambda session, begun: letters.phone(session, begun, office.service.book(session, begun)),
    )


@pytest.mark.parametrize("trouble", [-1, Http(502)])
async def test_a_platform_that_stays_busy_is_asked_four_times_and_then_another_way_is_taken(
    office: PostOffice, tencent: TencentApi, trouble: Step
) -> None:
    await set_up(office)
    tencent.always(CUSTOM_SEND, trouble)
    await office.posts(ZHANG, "灯修好了")
    for _ in range(6):
        await office.sends()
        await office.later()
    assert tencent.counts[CUSTOM_SEND] == 4
    assert tried(office)[-1][:2] == ("template", "told")


async def test_what_was_not_sent_may_be_sent_later(office: PostOffice, tencent: TencentApi) -> None:
    tencent.answers(CUSTOM_SEND, -1)
    await office.posts(ZHANG, "灯修好了", allowed=1)
    await office.sends()
    assert office.rows("SELECT allowed FROM villager")[0]["allowed"] == 1
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]


async def test_a_long_letter_has_no_more_parts_than_are_allowed(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.posts(ZHANG, "村道硬化、路灯维修。" * 400, allowed=2)
    await office.sends()
    parts = office.arrived(ZHANG)
    assert len(parts) == 2
    assert parts[-1].endswith("…")
    assert max(len(part.encode()) for part in parts) <= 2048
