"""What 张大娘 sends becomes an `Incoming`; held against wechatpy's classes where it has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wechatpy import parse_message

from bot.channels.envelope import Refused
from bot.channels.wechat.parse import parse
from bot.platform.tencent import Nested, Wechat
from handlers.message import Attachment, Incoming, Location
from tests.bot.channels.conftest import AES_KEY, APP_ID, TOKEN

AT = 1_780_000_000
ZHANG = "oZhangDaniang0123456789abcde"
account = Wechat("", TOKEN, AES_KEY, APP_ID, clock=lambda: AT)


def choice(template: str, status: str) -> str:
    return (
        f"<List><TemplateId>{template}</TemplateId>"
        f"<SubscribeStatusString>{status}</SubscribeStatusString></List>"
    )


CHOICES = Nested(choice("T1", "accept") + choice("T2", "reject"))
SENT = Nested(
    "<List><TemplateId>T1</TemplateId><MsgID>77</MsgID>"
    "<ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>"
)


def message(msg_type: str, **fields: object) -> str:
    return account.xml(ZHANG, msg_type, **{"MsgId": 25_000_000_000_000_001, **fields})


def event(name: str, **fields: object) -> str:
    return account.xml(ZHANG, "event", Event=name, **fields)


def read(xml: str) -> Incoming:
    return parse(xml.encode(), "T1")


def theirs(xml: str) -> Any:
    return parse_message(xml)


def parts(incoming: Incoming) -> dict[str, object]:
    """What is set, beside the fields that every message has."""
    every = {"channel", "account", "sender", "key", "sent_at"}
    names = [name for name in Incoming.__slots__ if name not in every]
    return {name: value for name in names if (value := getattr(incoming, name))}


MESSAGES = [
    (message("text", Content="路灯坏了"), {"kind": "text", "text": "路灯坏了"}),
    (
        message("image", PicUrl="http://mmbiz.qpic.cn/1", MediaId="M1"),
        {"kind": "image", "attachment": Attachment("image", "M1")},
    ),
    (
        message("voice", MediaId="M2", Format="amr", Recognition="路灯坏了。"),
        {"kind": "voice", "text": "路灯坏了。", "attachment": Attachment("voice", "M2", "amr")},
    ),
    (
        message("voice", MediaId="M2", Format="AMR"),
        {"kind": "voice", "attachment": Attachment("voice", "M2", "amr")},
    ),
    (
        message("video", MediaId="M3", ThumbMediaId="T3"),
        {"kind": "video", "attachment": Attachment("video", "M3", "mp4")},
    ),
    (
        message("shortvideo", MediaId="M4", ThumbMediaId="T4"),
        {"kind": "video", "attachment": Attachment("video", "M4", "mp4")},
    ),
    (
        message("location", Location_X="26.05", Location_Y="119.31", Scale=16, Label="石墙村三组"),
        {
            "kind": "location",
            "text": "石墙村三组",
            "location": Location(26.05, 119.31, "石墙村三组"),
        },
    ),
    (
        message("location", Location_X="here", Location_Y="nan", Label="石墙村"),
        {"kind": "location", "text": "石墙村"},
    ),
    (
        message("link", Title="停水通知", Description="明天", Url="https://example.cn/a?b=1"),
        {"kind": "link", "text": "停水通知", "event_key": "https://example.cn/a?b=1"},
    ),
    (
        message("miniprogrampage", Title="缴费", AppId="wx1", PagePath="pages/pay"),
        {"kind": "card", "text": "缴费", "event_key": "pages/pay"},
    ),
    (message("file", Title="申请.docx", FileKey="k"), {"kind": "file", "text": "申请.docx"}),
    (message("hologram", Content="?"), {"kind": "unknown", "event": "hologram"}),
]

EVENTS = [
    (event("subscribe", EventKey=None), {"event": "subscribe"}),
    (event("subscribe"), {"event": "subscribe"}),
    (
        event("subscribe", EventKey="qrscene_grid-3", Ticket="T"),
        {"event": "subscribe", "event_key": "grid-3"},
    ),
    (event("unsubscribe", EventKey=None), {"event": "unsubscribe"}),
    (event("SCAN", EventKey="grid-3", Ticket="T"), {"event": "scan", "event_key": "grid-3"}),
    (event("CLICK", EventKey="MY_CASES"), {"event": "click", "event_key": "MY_CASES"}),
    (
        event("VIEW", EventKey="https://example.cn/"),
        {"event": "view", "event_key": "https://example.cn/"},
    ),
    (
        event("LOCATION", Latitude="26.05", Longitude="119.31", Precision="30"),
        {"event": "location", "location": Location(26.05, 119.31)},
    ),
    (
        event("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="failed:user block"),
        {"event": "templatesendjobfinish", "event_key": "200163836:failed:user block"},
    ),
    (
        event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=CHOICES),
        {"event": "subscribe_msg_popup_event", "event_key": "T1:accept"},
    ),
    (
        event("subscribe_msg_change_event", SubscribeMsgChangeEvent=Nested(choice("T1", "reject"))),
        {"event": "subscribe_msg_change_event", "event_key": "T1:reject"},
    ),
    (
        event("subscribe_msg_sent_event", SubscribeMsgSentEvent=SENT),
        {"event": "subscribe_msg_sent_event", "event_key": "77:success"},
    ),
    (event("something_new", EventKey="x"), {"event": "something_new", "event_key": "x"}),
]


def test_what_was_chosen_about_another_notice_is_not_about_ours() -> None:
    others = Nested(choice("T2", "accept") + choice("T10", "accept"))
    assert parts(read(event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=others))) == {
        "kind": "event",
        "event": "subscribe_msg_popup_event",
    }


def test_a_choice_tapped_in_a_message_says_what_stands_behind_it() -> None:
    tapped = read(message("text", Content="满意", bizmsgmenuid="评价1001 满意"))
    assert parts(tapped) == {
        "kind": "text",
        "text": "评价1001 满意",
        "event": "msgmenu",
        "event_key": "评价1001 满意",
    }


@pytest.mark.parametrize("words", ["【收到不支持的消息类型，暂无法显示】", "[Unsupported Message]"])
def test_what_nobody_typed_is_no_text(words: str) -> None:
    assert parts(read(message("text", Content=words))) == {"kind": "unknown", "event": "text"}


@pytest.mark.parametrize(("xml", "expected"), MESSAGES)
def test_messages(xml: str, expected: dict[str, object]) -> None:
    assert parts(read(xml)) == expected


@pytest.mark.parametrize(("xml", "expected"), EVENTS)
def test_events(xml: str, expected: dict[str, object]) -> None:
    assert parts(read(xml)) == {"kind": "event", **expected}


@pytest.mark.parametrize("xml", [xml for xml, _ in MESSAGES + EVENTS])
def test_who_and_when_are_as_wechatpy_says(xml: str) -> None:
    incoming, other = read(xml), theirs(xml)
    assert incoming.channel == "wechat"
    assert incoming.sender == other.source
    assert incoming.account == other.target
    assert incoming.sent_at == other.create_time == datetime.fromtimestamp(AT, UTC)


def test_contents_are_as_wechatpy_says() -> None:
    by_type = {theirs(xml).type: (read(xml), theirs(xml)) for xml, _ in MESSAGES[:3] + MESSAGES[4:]}
    ours, other = by_type["text"]
    assert ours.text == other.content
    for kind in ("image", "voice", "video", "shortvideo"):
        ours, other = by_type[kind]
        assert ours.attachment is not None
        assert ours.attachment.media_id == other.media_id
    ours, other = by_type["link"]
    assert (ours.text, ours.event_key) == (other.title, other.url)


def test_event_keys_are_as_wechatpy_says() -> None:
    for xml, _ in EVENTS:
        ours, other = read(xml), theirs(xml)
        scene = getattr(other, "scene_id", None) or getattr(other, "key", None)
        assert not scene or ours.event_key == scene


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), ("  路灯\x7f坏了\n", "路灯坏了"), ("]]>", "]]>"), ("<a>&amp;", "<a>&amp;")],
)
def test_text_is_text(content: str | None, text: str) -> None:
    assert read(message("text", Content=content)).text == text


def test_a_text_without_content_is_empty() -> None:
    assert parts(read(message("text"))) == {"kind": "text"}


def test_a_sticker_is_nobodys_words() -> None:
    sticker = message("text", Content="【收到不支持的消息类型，暂无法显示】")
    assert parts(read(sticker)) == {"kind": "unknown", "event": "text"}


def test_the_key_names_channel_account_and_sender() -> None:
    assert read(message("text")).key == f"wechat:gh_qingshi:{ZHANG}:25000000000000001"


def test_the_same_message_id_of_two_people_is_two_messages() -> None:
    other = account.xml("oWang", "text", Content="路灯坏了", MsgId=25_000_000_000_000_001)
    assert read(message("text", Content="路灯坏了")).key != read(other).key


def test_events_of_one_second_are_one_only_if_they_say_the_same() -> None:
    """Although all of them carry no message id."""
    said = [
        event("CLICK", EventKey="A"),
        event("CLICK", EventKey="B"),
        event("SCAN", EventKey="A"),
        event("LOCATION", Latitude="1", Longitude="2"),
        event("LOCATION", Latitude="1", Longitude="3"),
        event("VIEW", EventKey="https://example.cn/" + "a" * 900),
        event("VIEW", EventKey="https://example.cn/" + "b" * 900),
        event("subscribe"),
        event("unsubscribe"),
    ]
    keys = [read(xml).key for xml in said]
    assert len(set(keys)) == len(said)
    assert keys == [read(xml).key for xml in said]
    assert max(map(len, keys)) < 200


def test_messages_without_an_id_are_told_apart_by_what_they_say() -> None:
    first, other = (account.xml(ZHANG, "text", Content=text) for text in ("路灯", "井盖"))
    assert read(first).key == read(first).key != read(other).key
    assert read(account.xml(ZHANG, "event")).kind == "unknown"


@pytest.mark.parametrize(
    "xml",
    [
        "<xml/>",
        account.xml("", "text", Content="路灯", MsgId=1),
        account.xml("o" * 200, "text", Content="路灯", MsgId=1),
        account.xml(ZHANG, "text", Content="路灯", MsgId=1).replace(str(AT), ""),
        account.xml(ZHANG, "text", Content="路灯", MsgId=1).replace(str(AT), "soon"),
        account.xml(ZHANG, "text", Content="路灯", MsgId=1).replace(str(AT), "9" * 30),
    ],
)
def test_refuses_what_nobody_sent_or_nobody_knows_when(xml: str) -> None:
    with pytest.raises(Refused, match="400"):
        read(xml)


def test_a_doubled_element_is_no_trap() -> None:
    xml = message("text", Content="路灯").replace("</xml>", "<Content>井盖</Content></xml>")
    assert read(xml).text == "井盖"
