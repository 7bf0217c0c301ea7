"""Words and media between the service and 公众号."""

from __future__ import annotations

import logging

import pytest

from bot.channels.sending import MEDIA_LIMIT, FetchFailed
from bot.channels.wechat.send import WechatSender
from bot.platform.api import (
    CUSTOM_SEND,
    HANG,
    MEDIA_GET,
    STABLE_TOKEN,
    Http,
    Step,
    TencentApi,
)
from handlers.message import Button, Outgoing
from tests.bot.channels.conftest import APP_ID, APP_SECRET

pytestmark = pytest.mark.anyio

ZHANG = "oZhangDaniang0123456789abcde"
JPEG = b"\xff\xd8\xff" + bytes(range(256))


def words(text: str, *buttons: Button) -> Outgoing:
    return Outgoing("wechat", "gh_qingshi", ZHANG, "k1", text, buttons=buttons)


async def test_a_message_arrives(to_villagers: WechatSender, tencent: TencentApi) -> None:
    outcome = await to_villagers.send(words("电工 ]]> \x08明天来，**带上**梯子"))
    assert (outcome.state, outcome.delivered) == ("sent", 1)
    (sent,) = tencent.received
    assert (sent.path, sent.recipient) == (CUSTOM_SEND, ZHANG)
    assert sent.text == "电工 ]]> 明天来，带上梯子"


async def test_choices_can_be_tapped(to_villagers: WechatSender, tencent: TencentApi) -> None:
    outcome = await to_villagers.send(words("办好了", Button("满意", "1001 满意")))
    assert (outcome.state, outcome.delivered) == ("sent", 1)
    (sent,) = tencent.received
    assert sent.payload["msgtype"] == "msgmenu"
    assert sent.payload["msgmenu"] == {
        "head_content": "办好了",
        "list": [{"id": "1001 满意", "content": "满意"}],
        "tail_content": "",
    }


async def test_asks_for_the_stable_token(to_villagers: WechatSender, tencent: TencentApi) -> None:
    await to_villagers.send(words("好"))
    asked = tencent.calls[0]
    assert (asked.path, asked.query) == (STABLE_TOKEN, {})
    assert asked.payload == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": APP_SECRET,
        "force_refresh": False,
    }


async def test_a_long_message_comes_in_order(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    text = "".join(f"第{number}条，电工明天上午来修路灯。" for number in range(100))
    outcome = await to_villagers.send(words(text))
    assert (outcome.state, outcome.delivered) == ("sent", len(tencent.received))
    assert len(tencent.received) > 1
    assert "".join(sent.text for sent in tencent.received) == text
    assert all(len(sent.text.encode()) <= 2048 for sent in tencent.received)


async def test_after_a_failure_goes_on_where_it_stopped(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    text = "路" * 1500
    tencent.answers(CUSTOM_SEND, 0, -1)
    outcome = await to_villagers.send(words(text))
    assert (outcome.state, outcome.delivered) == ("retry", 1)
    outcome = await to_villagers.send(words(text), outcome.delivered)
    assert (outcome.state, outcome.delivered) == ("sent", 3)
    assert "".join(sent.text for sent in tencent.received) == text


async def test_nothing_is_not_sent(to_villagers: WechatSender, tencent: TencentApi) -> None:
    assert (await to_villagers.send(words(" \x00"))).state == "refused"
    assert tencent.calls == []


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (45015, "limited"),
        (45047, "limited"),
        (40003, "refused"),
        (43004, "refused"),
        (-1, "retry"),
        (Http(502), "retry"),
        (Http(504), "unknown"),
        (HANG, "unknown"),
    ],
)
async def test_outcomes(tencent: TencentApi, tencent_url: str, step: Step, state: str) -> None:
    tencent.answers(CUSTOM_SEND, step)
    sender = WechatSender(tencent_url, APP_ID, APP_SECRET, total=0.5 if step is HANG else 10)
    assert (await sender.send(words("好"))).state == state
    assert tencent.counts[CUSTOM_SEND] == 1


async def test_an_expired_token_is_nobodys_concern(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    tencent.answers(CUSTOM_SEND, 42001, 0)
    assert (await to_villagers.send(words("好"))).state == "sent"
    assert (tencent.counts[CUSTOM_SEND], tencent.token_calls) == (2, 2)


async def test_a_token_never_accepted_ends(to_villagers: WechatSender, tencent: TencentApi) -> None:
    tencent.always(CUSTOM_SEND, 40001)
    assert (await to_villagers.send(words("好"))).state == "limited"
    assert (tencent.counts[CUSTOM_SEND], tencent.token_calls) == (2, 2)


async def test_no_connection_is_tried_again() -> None:
    sender = WechatSender("http://127.0.0.1:1", APP_ID, APP_SECRET)
    assert (await sender.send(words("好"))).state == "retry"
    await sender.aclose()


async def test_the_operator_reads_what_to_mend(
    to_villagers: WechatSender, tencent: TencentApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tencent.answers(STABLE_TOKEN, 40164)
    outcome = await to_villagers.send(words("张大娘，电工明天来"))
    assert (outcome.state, outcome.code, outcome.operator) == ("limited", 40164, True)
    (record,) = [record for record in caplog.records if record.name.startswith("bot.")]
    assert record.levelno == logging.ERROR
    assert "IP whitelist" in record.getMessage()
    for hidden in (ZHANG, "电工", APP_SECRET):
        assert hidden not in record.getMessage()


async def test_a_picture_is_fetched(to_villagers: WechatSender, tencent: TencentApi) -> None:
    tencent.media["M1"] = (JPEG, "image/jpeg", "M1.jpg")
    media = await to_villagers.fetch("M1")
    assert (media.content, media.content_type, media.name) == (JPEG, "image/jpeg", "M1.jpg")


async def test_a_video_is_fetched_where_the_platform_keeps_it(
    to_villagers: WechatSender, tencent: TencentApi, tencent_url: str
) -> None:
    tencent.media["V1"] = (b"mp4", "video/mp4", "")
    tencent.answers(MEDIA_GET, {"video_url": f"{tencent_url}/video/V1"})
    media = await to_villagers.fetch("V1")
    assert (media.content, media.content_type) == (b"mp4", "video/mp4")


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/", "file:///etc/passwd", "https://qq.com.example.cn/v"]
)
async def test_a_video_anywhere_else_is_not_fetched(
    to_villagers: WechatSender, tencent: TencentApi, address: str
) -> None:
    tencent.answers(MEDIA_GET, {"video_url": address})
    with pytest.raises(FetchFailed) as failure:
        await to_villagers.fetch("V1")
    assert failure.value.outcome.state == "refused"


@pytest.mark.parametrize(
    ("step", "state"), [(40007, "refused"), (Http(502), "retry"), (45009, "limited")]
)
async def test_a_medium_that_does_not_come(
    to_villagers: WechatSender, tencent: TencentApi, step: Step, state: str
) -> None:
    tencent.answers(MEDIA_GET, step)
    with pytest.raises(FetchFailed) as failure:
        await to_villagers.fetch("M1")
    assert failure.value.outcome.state == state


async def test_an_error_in_json_is_no_medium(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    with pytest.raises(FetchFailed, match="refused 40007"):
        await to_villagers.fetch("gone")


async def test_an_expired_token_does_not_lose_a_medium(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    tencent.media["M1"] = (JPEG, "image/jpeg", "")
    tencent.answers(MEDIA_GET, 42001)
    assert (await to_villagers.fetch("M1")).content == JPEG


async def test_more_than_20_mb_is_not_taken(
    to_villagers: WechatSender, tencent: TencentApi
) -> None:
    tencent.media["big"] = (bytes(MEDIA_LIMIT + 1), "video/mp4", "")
    with pytest.raises(FetchFailed, match="refused 0 more than"):
        await to_villagers.fetch("big")
