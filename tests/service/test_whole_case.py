"""A whole case over both encrypted channels, and what is not let in."""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import Callable

import httpx
import pytest

from bot.platform.api import MESSAGE_SEND, Sent, TencentApi
from bot.platform.tencent import Delivery, Platform, Wechat, Wecom
from tests.service.running import (
    APP_ID,
    CORP_ID,
    SECRETS,
    TOWN,
    Xiaoge,
    number_in,
    wait_for,
)
from tests.service.sentences import SENTENCES

PHONES: dict[str, str] = {
    staff["phone"]: staff["userid"] for staff in tomllib.loads(TOWN.read_text("utf-8"))["staff"]
}
NOW = time.time

Villager = Callable[[], str]


def told(tencent: TencentApi, person: str, *words: str) -> Sent:
    """The message to this person that has all these words; waits for it."""

    def found() -> Sent | None:
        mine = [sent for sent in tencent.received if sent.recipient == person]
        return next((sent for sent in mine if all(word in sent.text for word in words)), None)

    sent = wait_for(found, what=f"{person} was not told {words}")
    assert sent is not None
    return sent


def test_both_platforms_can_check_the_address(wechat: Wechat, wecom: Wecom) -> None:
    for platform in (wechat, wecom):
        answer = platform.verify("7263548")
        assert (answer.status_code, answer.text) == (200, "7263548")


def test_a_street_lamp_from_the_first_word_to_the_rating(
    wechat: Wechat, wecom: Wecom, tencent: TencentApi, villager: Villager
) -> None:
    zhang = villager()
    filed = wechat.says(zhang, "石墙村三组村口路灯坏了一个星期了，晚上走路害怕").reply or ""
    number = number_in(filed)
    assert number is not None
    for word in ("诉求·路灯", "李守田", "13800000008", "答复您", f"查{number}"):
        assert word in filed

    notice = told(tencent, "li", "新事项", str(number))
    assert notice.path == MESSAGE_SEND
    assert "路灯" in notice.text

    assert str(number) in (wecom.says("li", "待办").reply or "")
    assert "已接单" in (wecom.says("li", f"接单 {number}").reply or "")
    wecom.says("li", f"回复 {number} 已联系电工，明天上午修")
    told(tencent, zhang, f"编号 {number}", "已联系电工，明天上午修")
    assert "路灯" in (wechat.says(zhang, f"查{number}").reply or "")

    assert "已办结" in (wecom.says("li", f"办结 {number} 已换新灯").reply or "")
    told(tencent, zhang, f"编号 {number}", "已换新灯", "满意")
    assert "办结了" in (wechat.says(zhang, "满意").reply or "")
    told(tencent, "li", f"编号 {number}", "满意")


def test_a_stranger_with_the_number_sees_nothing(wechat: Wechat, villager: Villager) -> None:
    owner, stranger = villager(), villager()
    number = number_in(wechat.says(owner, "石墙村三组路灯坏了").reply)
    seen = wechat.says(stranger, f"查{number}").reply or ""
    invented = wechat.says(stranger, f"查{(number or 0) + 90_000}").reply or ""
    assert "路灯" not in seen
    assert seen.replace(str(number), "N") == invented.replace(str((number or 0) + 90_000), "N")


@pytest.mark.anyio
async def test_every_sentence_gets_a_number_or_an_answer_and_reaches_the_right_person(
    wechat: Wechat, tencent: TencentApi, villager: Villager
) -> None:
    assert len({text for text, _ in SENTENCES}) >= 60
    people = [villager() for _ in SENTENCES]
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = await asyncio.gather(
            *(
                wechat.apost(client, wechat.text(person, text))
                for person, (text, _) in zip(people, SENTENCES, strict=True)
            )
        )
    replies = [answer.reply or "" for answer in answers]
    wrong = [
        (text, reply)
        for (text, _), reply in zip(SENTENCES, replies, strict=True)
        if number_in(reply) is None and "没解决就回复“没解决”" not in reply
    ]
    assert wrong == []

    numbers = [number for reply in replies if (number := number_in(reply)) is not None]
    assert len(set(numbers)) == len(numbers) >= 60
    unheard = [
        (text, userid)
        for (text, expected), reply in zip(SENTENCES, replies, strict=True)
        if number_in(reply) is not None
        for userid in [expected or responsible(reply)]
        if not await asyncio.to_thread(heard, tencent, number_in(reply), userid)
    ]
    assert unheard == []


def responsible(reply: str) -> str:
    """The userid of whom the reply names, by the phone number."""
    named = [userid for phone, userid in PHONES.items() if phone in reply]
    assert len(named) == 1, reply
    return named[0]


def heard(tencent: TencentApi, number: int | None, userid: str) -> bool:
    """Of danger several are told at once, in no order."""

    def notices() -> bool:
        return any(
            sent.recipient == userid
            for sent in tencent.received
            if sent.path == MESSAGE_SEND and f"编号 {number}" in sent.text
        )

    return wait_for(notices, what=f"{userid} did not hear of {number}")


MESSAGES = {
    "image": {"PicUrl": "https://mmbiz.qpic.cn/1", "MediaId": "picture-1"},
    "voice": {"MediaId": "voice-1", "Format": "amr"},
    "voice, understood": {
        "MediaId": "voice-2",
        "Format": "amr",
        "Recognition": "石墙村三组路灯坏了",
    },
    "video": {"MediaId": "video-1", "ThumbMediaId": "thumb-1"},
    "shortvideo": {"MediaId": "video-2", "ThumbMediaId": "thumb-2"},
    "location": {"Location_X": "30.65", "Location_Y": "104.06", "Scale": "15", "Label": "石墙村"},
    "link": {"Title": "通知", "Description": "通知", "Url": "https://mp.weixin.qq.com/s/1"},
    "hologram": {},
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_kind_of_message_is_answered_and_kept(
    xiaoge: Xiaoge, wechat: Wechat, villager: Villager, kind: str
) -> None:
    person, number = villager(), wechat.message_id()
    sort = kind.partition(",")[0]
    answer = wechat.post(wechat.delivery(wechat.xml(person, sort, **MESSAGES[kind], MsgId=number)))
    assert answer.status == 200
    assert answer.reply
    kept = xiaoge.rows("SELECT state FROM message WHERE person LIKE ?", f"%{person}")
    assert [row["state"] for row in kept] == ["done"]


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "new_one"])
def test_every_event_is_taken(
    xiaoge: Xiaoge, wechat: Wechat, villager: Villager, event: str
) -> None:
    person = villager()
    assert wechat.event(person, event, EventKey="").status == 200
    kept = xiaoge.rows("SELECT state FROM message WHERE person LIKE ?", f"%{person}")
    assert [row["state"] for row in kept] == ["done"]


# --- what is not let in ---------------------------------------------------------------------------


def other_clock(platform: Platform, seconds: float) -> Platform:
    return type(platform)(
        platform.url.removesuffix(platform.path),
        platform.crypto.token,
        key_of(platform),
        platform.crypto.receive_id.decode(),
        account=platform.account,
        clock=lambda: NOW() + seconds,
    )


def key_of(platform: Platform) -> str:
    return SECRETS["WECHAT_AES_KEY" if isinstance(platform, Wechat) else "WECOM_AES_KEY"]


def with_body(platform: Platform, body: str) -> Delivery:
    """A body that is no envelope, under a query that fits nothing."""
    return Delivery(platform.text("oStranger", "你好").params, body.encode())


def sealed(platform: Platform, plain: str | bytes) -> Delivery:
    """Anything at all, sealed and signed well."""
    raw = plain if isinstance(plain, bytes) else plain.encode()
    stamp, nonce = str(int(NOW())), platform.nonce()
    cipher_text = platform.crypto.encrypt(raw)
    signature = platform.crypto.signature(stamp, nonce, cipher_text)
    params = {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}
    return Delivery(
        {**params, **platform.more_params(stamp, nonce)}, platform.body(cipher_text).encode()
    )


def plain_text(platform: Platform) -> Delivery:
    """明文模式: the message as it is, with the signature that covers no body."""
    stamp, nonce = str(int(NOW())), platform.nonce()
    params = {"signature": platform.crypto.signature(stamp, nonce), "timestamp": stamp}
    xml = platform.xml("oStranger", "text", Content="你好", MsgId=platform.message_id())
    return Delivery({**params, "nonce": nonce, "openid": "oStranger"}, xml.encode())


def for_another(platform: Platform) -> Delivery:
    other = type(platform)(
        "http://127.0.0.1", platform.crypto.token, key_of(platform), "wx_somebody_else"
    )
    return other.text("oStranger", "你好")


def with_another_key(platform: Platform) -> Delivery:
    crypto = platform.crypto
    other = type(platform)("http://127.0.0.1", crypto.token, "a" * 43, crypto.receive_id.decode())
    return other.text("oStranger", "你好")


BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<xml><FromUserName>&b;</FromUserName></xml>"
)

NOT_LET_IN: dict[str, tuple[Callable[[Platform], Delivery], int]] = {
    "wrong signature": (lambda p: p.delivery("<xml/>", msg_signature="0" * 40), 403),
    "no signature": (lambda p: p.delivery("<xml/>", msg_signature=""), 403),
    "signature of another time": (
        lambda p: p.delivery("<xml/>", timestamp=str(int(NOW()) + 1)),
        403,
    ),
    "ten minutes old": (lambda p: other_clock(p, -600).text("oStranger", "你好"), 403),
    "from the future": (lambda p: other_clock(p, 600).text("oStranger", "你好"), 403),
    "a time that is none": (lambda p: p.delivery("<xml/>", timestamp="now"), 403),
    "plain text": (plain_text, 403),
    "for another account": (for_another, 403),
    "sealed with another key": (with_another_key, 400),
    "oversized": (lambda p: with_body(p, "<xml>" + "x" * 70_000 + "</xml>"), 413),
    "oversized and sealed": (lambda p: p.text("oStranger", "长" * 40_000), 413),
    "empty": (lambda p: with_body(p, ""), 400),
    "no XML": (lambda p: with_body(p, "hello"), 400),
    "no envelope": (lambda p: with_body(p, "<xml><Content>hello</Content></xml>"), 400),
    "not base64": (lambda p: with_body(p, "<xml><Encrypt>A=A=</Encrypt></xml>"), 403),
    "no XML inside": (lambda p: sealed(p, "hello"), 400),
    "half an XML inside": (lambda p: sealed(p, "<xml><Content>"), 400),
    "a DTD inside": (lambda p: sealed(p, BOMB), 400),
    "bytes inside": (lambda p: sealed(p, bytes(range(256))), 400),
    "nobody's message": (lambda p: sealed(p, "<xml><MsgType>text</MsgType></xml>"), 400),
    "a message without time": (
        lambda p: sealed(p, "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName></xml>"),
        400,
    ),
}


@pytest.fixture(params=["wechat", "wecom"])
def platform(request: pytest.FixtureRequest, wechat: Wechat, wecom: Wecom) -> Platform:
    return wechat if request.param == "wechat" else wecom


@pytest.mark.parametrize("case", NOT_LET_IN)
def test_what_is_not_a_platforms_message_is_refused(
    xiaoge: Xiaoge, platform: Platform, case: str
) -> None:
    make, status = NOT_LET_IN[case]
    before = xiaoge.value("SELECT count(*) FROM message")
    answer = platform.post(make(platform))
    assert answer.status == status, answer.text
    assert answer.fields is None
    assert len(answer.text) < 60
    for leak in ("Traceback", "File ", "Error", platform.crypto.token, APP_ID, CORP_ID):
        assert leak not in answer.text
    assert xiaoge.value("SELECT count(*) FROM message") == before


def test_a_check_of_the_address_by_somebody_else_is_refused(wechat: Wechat, wecom: Wecom) -> None:
    assert wechat.verify(signature="0" * 40).status_code == 403
    assert wecom.verify(msg_signature="0" * 40).status_code == 403
    assert wechat.get().status_code == 403
    assert wecom.get(echostr="aGVsbG8=").status_code == 403
    assert "7263548" not in other_clock(wechat, -600).verify("7263548").text  # type: ignore[attr-defined]


def test_other_methods_are_not_there(wechat: Wechat) -> None:
    answer = httpx.put(wechat.url, content=b"<xml/>", trust_env=False)
    assert answer.status_code in (404, 405)
