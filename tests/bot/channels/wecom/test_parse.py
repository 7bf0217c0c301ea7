"""What 李网格 sends becomes an `Incoming`; held against wechatpy's classes where it has them."""

from __future__ import annotations

import pytest
from wechatpy.work import parse_message

from bot.channels.wecom.parse import parse
from bot.platform.tencent import Wecom
from handlers.message import Attachment, Incoming, Location, Press
from tests.bot.channels.conftest import AES_KEY, CORP_ID, TOKEN

AT = 1_780_000_000
corp = Wecom("", TOKEN, AES_KEY, CORP_ID, clock=lambda: AT)


def message(msg_type: str, **fields: object) -> str:
    return corp.xml("li", msg_type, **{"MsgId": 6_000_000_001, **fields})


def event(name: str, **fields: object) -> str:
    return corp.xml("li", "event", Event=name, **fields)


def press(**fields: object) -> str:
    card = {"EventKey": "接单 1023", "TaskId": "case-1023", "ResponseCode": "R1", **fields}
    return event("template_card_event", CardType="button_interaction", **card)


def read(xml: str) -> Incoming:
    return parse(xml.encode())


CASES = [
    (message("text", Content="接单 1023"), {"kind": "text", "text": "接单 1023"}),
    (
        message("image", PicUrl="http://p", MediaId="M1"),
        {"kind": "image", "attachment": Attachment("image", "M1")},
    ),
    (
        message("voice", MediaId="M2", Format="amr"),
        {"kind": "voice", "attachment": Attachment("voice", "M2", "amr")},
    ),
    (
        message("video", MediaId="M3", ThumbMediaId="T3"),
        {"kind": "video", "attachment": Attachment("video", "M3", "mp4")},
    ),
    (
        message("location", Location_X="26.05", Location_Y="119.31", Scale=16, Label="村口"),
        {"kind": "location", "text": "村口", "location": Location(26.05, 119.31, "村口")},
    ),
    (
        message("link", Title="通知", Description="", Url="https://example.cn/"),
        {"kind": "link", "text": "通知", "event_key": "https://example.cn/"},
    ),
    (
        message("file", MediaId="M5", FileName="现场 照片.ZIP"),
        {
            "kind": "file",
            "text": "现场 照片.ZIP",
            "attachment": Attachment("file", "M5", "zip", "现场 照片.ZIP"),
        },
    ),
    (message("hologram"), {"kind": "unknown", "event": "hologram"}),
    (event("enter_agent", EventKey=None), {"kind": "event", "event": "enter_agent"}),
    (
        event("click", EventKey="TODO"),
        {"kind": "event", "event": "click", "event_key": "TODO"},
    ),
    (
        event("view", EventKey="https://example.cn/"),
        {"kind": "event", "event": "view", "event_key": "https://example.cn/"},
    ),
    (event("subscribe"), {"kind": "event", "event": "subscribe"}),
    (
        event("LOCATION", Latitude="26.05", Longitude="119.31"),
        {"kind": "event", "event": "location", "location": Location(26.05, 119.31)},
    ),
    (
        press(),
        {
            "kind": "event",
            "text": "接单 1023",
            "event": "template_card_event",
            "event_key": "接单 1023",
            "press": Press("case-1023", "R1"),
        },
    ),
]


@pytest.mark.parametrize(("xml", "expected"), CASES)
def test_what_staff_can_send(xml: str, expected: dict[str, object]) -> None:
    incoming = read(xml)
    every = {"channel", "account", "sender", "key", "sent_at"}
    names = [name for name in Incoming.__slots__ if name not in every]
    set_ones = {name: value for name in names if (value := getattr(incoming, name))}
    assert set_ones == expected


@pytest.mark.parametrize("xml", [xml for xml, _ in CASES])
def test_who_and_when_are_as_wechatpy_says(xml: str) -> None:
    incoming, other = read(xml), parse_message(xml)
    assert (incoming.channel, incoming.account, incoming.sender) == ("wecom", CORP_ID, "li")
    assert (incoming.account, incoming.sender) == (other.target, other.source)
    assert incoming.sent_at == other.create_time


def test_a_pressed_button_names_its_card() -> None:
    pressed = read(press())
    assert pressed.press == Press("case-1023", "R1")
    assert pressed.person == f"wecom:{CORP_ID}:li"


def test_the_same_button_of_two_cards_is_two_presses() -> None:
    assert read(press()).key == read(press()).key
    assert read(press()).key != read(press(TaskId="case-1024")).key
    assert read(press()).key != read(press(EventKey="上报 1023")).key


def test_nobody_else_can_pretend_to_be_a_card() -> None:
    assert read(message("template_card_event")).press is None
