"""Words and media between the service and 企业微信."""

from __future__ import annotations

import pytest

from bot.channels.api import Media
from bot.channels.sending import FetchFailed
from bot.channels.wecom.send import WecomSender
from bot.platform.account import MEDIA_UPLOAD
from bot.platform.api import (
    GET_TOKEN,
    HANG,
    MEDIA_GET,
    MESSAGE_SEND,
    UPDATE_CARD,
    Http,
    Step,
    TencentApi,
)
from handlers.message import Outgoing
from storage.limits import DAY
from tests.bot.channels.conftest import CORP_ID, CORP_SECRET

pytestmark = pytest.mark.anyio


def notice(text: str, userid: str = "li") -> Outgoing:
    return Outgoing("wecom", CORP_ID, userid, "k1", text)


async def test_a_notice_arrives(to_staff: WecomSender, tencent: TencentApi) -> None:
    outcome = await to_staff.send(notice("新事项 1023"))
    assert (outcome.state, outcome.delivered) == ("sent", 1)
    assert tencent.received[0].payload == {
        "touser": "li",
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": "新事项 1023"},
        "safe": 0,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


async def test_asks_for_the_apps_token(to_staff: WecomSender, tencent: TencentApi) -> None:
    await to_staff.send(notice("新事项 1023"))
    asked = tencent.calls[0]
    assert asked.path == GET_TOKEN
    assert asked.query == {"corpid": CORP_ID, "corpsecret": CORP_SECRET}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"errcode": 0, "invaliduser": "li"}, "refused"),
        ({"errcode": 0, "invaliduser": "wang|LI"}, "refused"),
        ({"errcode": 0, "unlicenseduser": "li"}, "refused"),
        ({"errcode": 0, "invaliduser": ""}, "sent"),
        ({"errcode": 0, "invaliduser": None}, "sent"),
        ({"errcode": 0, "invaliduser": "wang"}, "sent"),
        ({"errcode": 81013, "invaliduser": "li"}, "refused"),
        ({"errcode": 45009}, "limited"),
    ],
)
async def test_errcode_0_is_no_proof(
    to_staff: WecomSender, tencent: TencentApi, answer: Step, state: str
) -> None:
    tencent.answers(MESSAGE_SEND, answer)
    assert (await to_staff.send(notice("新事项 1023"))).state == state


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (HANG, "unknown"),
        (Http(504), "unknown"),
        (60020, "limited"),
        (45033, "limited"),
        (60111, "refused"),
    ],
)
async def test_outcomes(tencent: TencentApi, tencent_url: str, step: Step, state: str) -> None:
    tencent.answers(MESSAGE_SEND, step)
    sender = WecomSender(
        tencent_url, CORP_ID, "1000002", CORP_SECRET, total=0.5 if step is HANG else 10
    )
    assert (await sender.send(notice("新事项 1023"))).state == state
    assert tencent.counts[MESSAGE_SEND] == 1


async def test_a_file_keeps_its_name(to_staff: WecomSender, tencent: TencentApi) -> None:
    tencent.media["F1"] = (b"{}", "application/json", "list.json")
    media = await to_staff.fetch("F1")
    assert (media.content, media.name) == (b"{}", "list.json")


async def test_a_medium_without_an_answer_may_be_asked_for_again(
    to_staff: WecomSender, tencent: TencentApi
) -> None:
    tencent.answers(MEDIA_GET, Http(504))
    with pytest.raises(FetchFailed) as failure:
        await to_staff.fetch("F1")
    assert failure.value.outcome.state == "retry"


async def test_while_the_account_is_shut_no_picture_and_no_change_is_tried(
    to_staff: WecomSender, tencent: TencentApi
) -> None:
    tencent.answers(MEDIA_UPLOAD, 60020)
    picture = Media(b"\xff\xd8\xff", "image/jpeg", "1.jpg")
    refused = await to_staff.give(notice(""), "image", picture)
    assert (refused.state, refused.operator, refused.asked) == ("limited", True, True)
    for outcome in (
        await to_staff.give(notice(""), "image", picture),
        await to_staff.change(notice(""), "CODE"),
        await to_staff.send(notice("新事项 1023")),
    ):
        assert (outcome.state, outcome.operator, outcome.asked) == ("limited", False, False)
    assert tencent.counts[MEDIA_UPLOAD] == 1
    assert tencent.counts[UPDATE_CARD] == tencent.counts[MESSAGE_SEND] == 0


def test_an_agent_id_is_a_number() -> None:
    with pytest.raises(ValueError):
        WecomSender("http://127.0.0.1:1", CORP_ID, "app", CORP_SECRET)


@pytest.mark.parametrize(("accounts", "a_day"), [(200, 40_000), (500, 100_000)])
async def test_a_day_has_two_hundred_messages_for_each_account_of_the_corp(
    accounts: int, a_day: int
) -> None:
    sender = WecomSender("http://127.0.0.1", CORP_ID, "1000002", CORP_SECRET, accounts=accounts)
    days = [limit.count for limit in sender.capabilities.limits if limit.span == DAY]
    assert days == [a_day]
