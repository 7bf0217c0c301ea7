"""Letters with buttons: what can be done stands on them, and changes with the case."""

from __future__ import annotations

import pytest

from bot.channels.wecom.parse import parse
from bot.platform.api import MESSAGE_SEND, UPDATE_CARD, TencentApi
from tests.service.courier.office import LAMP, ZHANG, PostOffice

pytestmark = pytest.mark.anyio

NEW = ["接单 1001", "回复 1001", "上报 1001", "转办 1001", "办结 1001", "申请延期 1001"]
ACCEPTED = NEW[1:]


@pytest.fixture
async def office(office: PostOffice) -> PostOffice:
    """A case has been opened, and stands on the grid member's phone."""
    await office.says(ZHANG, LAMP)
    await office.sends()
    return office


async def test_a_new_case_comes_with_what_can_be_done(office: PostOffice) -> None:
    card = office.card("li")
    assert card.buttons == NEW
    assert [each["text"] for each in card.shown["button_list"]] == [
        "接单", "回复", "上报", "转派", "办结", "延期",
    ]  # fmt: skip
    assert "编号 1001" in card.shown["main_title"]["title"]
    assert "路灯" in card.shown["sub_title_text"]
    assert "可以回复" not in card.shown["sub_title_text"]


async def test_a_press_does_it_and_the_card_shows_what_is_left(office: PostOffice) -> None:
    card = office.card("li")
    assert "已接单，编号 1001" in await office.presses(card, "接单 1001")
    assert office.rows("SELECT state FROM cases") == [{"state": "handling"}]
    assert card.buttons == ACCEPTED
    assert "编号 1001" in card.shown["main_title"]["title"]


async def test_pressing_twice_does_it_once_and_says_so(office: PostOffice) -> None:
    card = office.card("li")
    await office.presses(card, "接单 1001")
    assert "1001" in await office.presses(card, "接单 1001")
    events = office.rows("SELECT kind FROM case_event WHERE kind = 'accept'")
    assert len(events) == 1
    assert card.buttons == ACCEPTED


ASKED = {
    "回复 1001": ("还差一样：内容", "电工明天上午到", "reply"),
    "上报 1001": ("还差一样：理由", "村里没有钱", "hand_up"),
    "转办 1001": ("还差一样：给谁", "水务站", "transfer"),
    "办结 1001": ("还差一样：内容", "已换新灯", "conclude"),
    "申请延期 1001": ("还差一样：多久", "3天", "request_extension"),
}


@pytest.mark.parametrize("button", ASKED)
async def test_a_button_that_needs_words_asks_for_them_and_the_next_message_is_the_answer(
    office: PostOffice, button: str
) -> None:
    question, answer, kind = ASKED[button]
    asked = await office.presses(office.card("li"), button)
    assert question in asked
    reply = await office.says("li", answer)
    if "理由" in reply:  # 转 and 延期 need one as well
        reply = await office.says("li", "等配件")
    assert "编号 1001" in reply
    assert len(office.rows(f"SELECT 1 FROM case_event WHERE kind = '{kind}'")) == 1


@pytest.mark.parametrize("button", NEW)
async def test_a_button_pressed_again_and_again_does_it_once(
    office: PostOffice, button: str
) -> None:
    card = office.card("li")
    for _ in range(3):
        assert await office.presses(card, button)
    if button in ASKED:
        reply = await office.says("li", ASKED[button][1])
        if "理由" in reply:
            await office.says("li", "等配件")
    for _ in range(2):
        assert await office.presses(card, button)
    done = office.rows("SELECT kind, count(*) AS times FROM case_event GROUP BY kind")
    assert [row for row in done if row["times"] > 1] == []


@pytest.mark.parametrize("button", NEW)
async def test_a_press_that_is_delivered_three_times_is_one_press(
    office: PostOffice, button: str
) -> None:
    card = office.card("li")
    pressed = office.corp.xml(
        "li", "event", Event="template_card_event", EventKey=button, TaskId=card.task_id,
        CardType="button_interaction", ResponseCode=office.tencent.cards.code_for(card),
    )  # fmt: skip
    before = len(office.arrived("li"))
    for _ in range(3):
        await office.service.receive(parse(pressed.encode()))
        await office.sends()
    assert len(office.arrived("li")) == before + 1
    assert len(office.rows("SELECT 1 FROM message WHERE kind = 'event'")) == 1


async def test_what_was_typed_changes_the_card_too(office: PostOffice) -> None:
    await office.says("li", "接单 1001")
    await office.sends()
    assert office.card("li").buttons == ACCEPTED
    await office.says("li", "办结 1001 已换新灯")
    await office.sends()
    # the code that came with the card is used up: only a press gives another
    assert office.card("li").buttons == ACCEPTED
    assert "待评价" in await office.presses(office.card("li"), "办结 1001")
    assert office.card("li").buttons == ["回复 1001"]


async def test_whose_case_it_is_no_more_sees_it_on_the_card(office: PostOffice) -> None:
    await office.says("zhao", "派 1001 水务站")
    await office.sends()
    card = office.card("li")
    assert card.buttons == []
    assert card.grey == "已由他人办理"
    assert "1001" in await office.presses(card, "接单 1001")
    assert office.rows("SELECT state FROM cases") == [{"state": "assigned"}]


async def test_after_three_days_a_press_is_answered_from_the_case(
    office: PostOffice, tencent: TencentApi
) -> None:
    card = office.card("li")
    tencent.cards.expire()
    await office.change("UPDATE panel SET until = 0")
    await office.says("li", "接单 1001")
    await office.sends()
    assert tencent.counts[UPDATE_CARD] == 0
    assert card.buttons == NEW
    assert "1001" in await office.presses(card, "接单 1001")
    assert card.buttons == ACCEPTED


async def test_a_change_that_is_refused_is_nobodys_task(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.always(UPDATE_CARD, 72000)
    await office.says("li", "接单 1001")
    for _ in range(5):
        await office.sends()
        await office.later()
    assert tencent.counts[UPDATE_CARD] == 3
    assert office.rows("SELECT * FROM task") == []


async def test_who_reads_in_wechat_gets_text_that_stands_on_its_own(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.change(
        "INSERT INTO town_entry (kind, id, version, value, source, changed_by, changed_at) "
        "SELECT kind, id, version + 1, json_set(value, '$.reads', 'wechat'), source, changed_by, "
        "changed_at FROM town_entry WHERE kind = 'staff' AND id = 'li'"
    )
    await office.change("UPDATE town_state SET revision = revision + 1")
    await office.says("oLiu", "石墙村三组水管爆了，水流了一地")
    await office.sends()
    sent = tencent.received[-1]
    assert sent.recipient == "li"
    assert sent.payload["msgtype"] == "text"
    assert "接单 1002" in sent.text


async def test_a_letter_that_waited_shows_what_can_be_done_when_it_leaves(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.answers(MESSAGE_SEND, -1)
    await office.says("oLiu", "石墙村三组水管爆了，水流了一地")
    await office.sends()
    await office.says("li", "接单 1002")
    await office.later()
    await office.sends()
    card = next(each for each in tencent.cards.of("li") if "1002" in each.buttons[0])
    assert card.buttons[0] == "回复 1002"


async def test_a_report_shows_its_number_and_no_more(office: PostOffice) -> None:
    await office.says("oLiu", "我要举报石墙村三组组长贪污低保款")
    await office.sends()
    cards = office.tencent.cards.of("zhou")
    assert cards
    for card in cards:
        shown = str(card.shown)
        assert "贪污" not in shown
        assert "石墙" not in shown
        assert "请查看" in shown
        assert not any(key.startswith(("转办", "上报")) for key in card.buttons)
