"""Both channels over real HTTP, called by the fake Tencent."""

from __future__ import annotations

import logging
import socket
import time
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.callback import query_of
from bot.channels.receiver import Unavailable
from bot.platform.tencent import Delivery, Platform, Wechat, Wecom
from handlers.message import Button, Reply
from tests.bot.channels.conftest import ScriptedReceiver


@pytest.fixture(params=["wechat", "wecom"])
def platform(request: pytest.FixtureRequest) -> Platform:
    chosen: Platform = request.getfixturevalue(request.param)
    return chosen


def test_the_address_is_verified(wechat: Wechat, wecom: Wecom) -> None:
    for response in (wechat.verify("5837123"), wecom.verify("5837123")):
        assert (response.status_code, response.text) == (200, "5837123")
        assert response.headers["content-type"].startswith("text/plain")
        assert response.elapsed.total_seconds() < 1


def test_a_stranger_cannot_verify_the_address(wechat: Wechat, wecom: Wecom) -> None:
    assert wechat.verify(signature="0" * 40).status_code == 403
    assert wecom.verify(msg_signature="0" * 40).status_code == 403
    assert wechat.verify(timestamp="1700000000").status_code == 403
    assert wecom.verify(timestamp="1700000000").status_code == 403
    assert wechat.get().status_code == 403
    assert wecom.get().status_code == 403


def test_an_answer_in_the_same_response(platform: Platform, receiver: ScriptedReceiver) -> None:
    receiver.says = Reply("编号 1023，已转三组网格员 ]]> 👍", (Button("催办", "催1023"),))
    answer = platform.says("oZhang", "村口路灯坏了 <b>&")
    assert (answer.status, answer.content_type) == (200, "application/xml")
    assert answer.reply == "编号 1023，已转三组网格员 ]]> 👍\n可回复：催1023"
    assert answer.fields is not None
    assert (answer.fields["ToUserName"], answer.fields["FromUserName"]) == (
        "oZhang",
        platform.account,
    )
    assert [incoming.text for incoming in receiver.got] == ["村口路灯坏了 <b>&"]


def test_nothing_to_say_now(platform: Platform) -> None:
    answer = platform.says("oZhang", "嗯")
    assert (answer.status, answer.text) == (200, "success")  # without quotes
    assert answer.content_type.startswith("text/plain")


def test_a_repeated_delivery_has_the_same_key(
    platform: Platform, receiver: ScriptedReceiver
) -> None:
    """And the same MsgId from two people has two."""
    for sender in ("oZhang", "oZhang", "oWang"):
        platform.says(sender, "路灯坏了", msg_id=7)
    first, again, other = receiver.got
    assert first.key == again.key != other.key


def test_what_could_not_be_stored_is_delivered_again(
    platform: Platform, receiver: ScriptedReceiver
) -> None:
    receiver.says = Unavailable()
    assert platform.says("oZhang", "路灯坏了").status == 503


@pytest.mark.anyio
async def test_tencent_tries_three_times_and_no_more(
    platform: Platform, receiver: ScriptedReceiver
) -> None:
    receiver.says = Unavailable()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert await platform.insist(client, platform.text("oZhang", "路灯坏了")) is None
        assert len({incoming.key for incoming in receiver.got}) == 1
        assert len(receiver.got) == 3
        receiver.says = Reply("编号 1023")
        answer = await platform.insist(client, platform.text("oZhang", "路灯坏了"))
    assert answer is not None
    assert answer.reply == "编号 1023"
    assert len(receiver.got) == 4


def test_a_failure_tells_the_caller_nothing_and_the_log_no_words(
    platform: Platform, receiver: ScriptedReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.says = KeyError("oZhangDaniang 路灯坏了")
    answer = platform.says("oZhangDaniang", "路灯坏了")
    assert (answer.status, answer.text) == (503, "")
    assert "KeyError at " in caplog.text
    assert "路灯" not in caplog.text
    assert "Daniang" not in caplog.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"msg_signature": "0" * 40}, 403),
        ({"msg_signature": ""}, 403),
        ({"timestamp": "1700000000"}, 403),
        ({"nonce": "1"}, 403),
    ],
)
def test_refuses_a_forged_query(
    platform: Platform, receiver: ScriptedReceiver, changed: dict[str, str], status: int
) -> None:
    xml = platform.xml("oZhang", "text", Content="路灯坏了", MsgId=1)
    assert platform.post(platform.delivery(xml, **changed)).status == status
    assert receiver.got == []


@pytest.mark.parametrize("encrypt_type", ["", "raw"])
def test_refuses_plaintext_mode(
    wechat: Wechat, receiver: ScriptedReceiver, encrypt_type: str
) -> None:
    xml = wechat.xml("oZhang", "text", Content="路灯坏了", MsgId=1)
    delivery = wechat.delivery(xml, encrypt_type=encrypt_type)
    assert wechat.post(delivery).status == 403
    assert wechat.post(Delivery(delivery.params, xml.encode())).status == 403
    assert receiver.got == []


@given(st.text("ab=&%+2 ", max_size=20) | st.text("ab12=&", max_size=20))
def test_reads_a_query_as_everybody_does(text: str) -> None:
    assert query_of(text.encode()) == dict(parse_qsl(text))


def test_refuses_a_query_replayed_with_another_body(
    wechat: Wechat, receiver: ScriptedReceiver
) -> None:
    seen, forged = wechat.text("oZhang", "满意"), wechat.text("oZhang", "撤回1023")
    assert wechat.post(Delivery(seen.params, forged.body)).status == 403
    assert receiver.got == []


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "路灯坏了",
        "<xml></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>text</MsgType></xml>",
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>',
    ],
)
def test_refuses_well_sealed_rubbish(
    platform: Platform, receiver: ScriptedReceiver, inner: str
) -> None:
    assert platform.post(platform.delivery(inner)).status == 400
    assert receiver.got == []


def test_refuses_a_body_over_64_kib(platform: Platform, receiver: ScriptedReceiver) -> None:
    """Declared or not: the second one comes in chunks without a length."""
    params = dict(platform.text("oZhang", "路灯坏了").params)
    large = b"x" * 70_000
    for content in (large, iter([large])):
        response = httpx.post(platform.url, params=params, content=content, trust_env=False)
        assert response.status_code == 413
    assert receiver.got == []


def test_takes_the_longest_message_that_a_phone_can_send(
    platform: Platform, receiver: ScriptedReceiver
) -> None:
    assert platform.says("oZhang", "路" * 5_000).status == 200
    assert len(receiver.got[0].text) == 5_000


def test_a_refusal_is_logged_without_key_or_words(
    wechat: Wechat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    xml = wechat.xml("oZhangDaniang", "text", Content="举报村主任", MsgId=1)
    delivery = wechat.delivery(xml, msg_signature="0" * 40)
    wechat.post(delivery)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert ours == ["/wechat: refused 403 wrong signature from 127.0.0.1"]


def test_survives_a_caller_who_hangs_up(
    wechat: Wechat, receiver: ScriptedReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    address = urlsplit(wechat.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(b"POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n<xml>")
    deadline = time.monotonic() + 5
    while "connection lost" not in caplog.text and time.monotonic() < deadline:
        wechat.verify()
    assert "connection lost" in caplog.text
    assert "Traceback" not in caplog.text
    assert receiver.got == []
