"""XML is read with care, and no text breaks out of what is written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.envelope import Refused
from bot.channels.text import clean, unmarked
from bot.channels.xml import passive_reply, read_xml
from handlers.message import Button, Incoming, Reply

ASKED = Incoming("wechat", "gh_qingshi", "oZhang", "k", "text", datetime(2026, 11, 23, tzinfo=UTC))

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


def written(text: str, *buttons: Button) -> dict[str, str]:
    root = read_xml(passive_reply(ASKED, Reply(text, buttons)).encode())
    return {child.tag: child.text or "" for child in root}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "路灯",
        "<xml>",
        "<xml></xml><xml></xml>",
        "<xml><a></b></xml>",
        "<xml>&unknown;</xml>",
        "<html></html>",
        '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml>&x;</xml>',
        f'<!DOCTYPE xml [<!ENTITY l0 "lol">{LAUGHS}]><xml>&l9;</xml>',
        f'<?xml version="1.0"?>\n<!DOCTYPE xml [<!ENTITY l0 "lol">{LAUGHS}]><xml>&l9;</xml>',
        "<!-- first --><xml></xml>",
    ],
)
def test_refuses_what_is_no_message(xml: str) -> None:
    with pytest.raises(Refused, match="400"):
        read_xml(xml.encode())


@pytest.mark.parametrize("xml", [b"\xff\xfe", b"<xml>\xff</xml>", b"<xml>\x00</xml>"])
def test_refuses_bytes_that_are_no_text(xml: bytes) -> None:
    with pytest.raises(Refused, match="400"):
        read_xml(xml)


def test_a_villager_may_write_about_doctypes() -> None:
    words = '<!DOCTYPE html [<!ENTITY a "b">] &a;'
    root = read_xml(f"<xml><Content><![CDATA[{words}]]></Content></xml>".encode())
    assert root.findtext("Content") == words


def test_survives_deep_nesting() -> None:
    assert read_xml(b"<xml>" + b"<a>" * 8000 + b"</a>" * 8000 + b"</xml>").tag == "xml"


def test_reads_a_declaration_and_a_byte_order_mark() -> None:
    xml = '\ufeff<?xml version="1.0" encoding="gbk"?>\n<xml><Content>路灯</Content></xml>'
    assert read_xml(xml.encode()).findtext("Content") == "路灯"


def test_a_reply_goes_from_the_account_to_the_sender() -> None:
    reply = written("编号 1023", Button("催办", "催1023"))
    assert reply["ToUserName"] == "oZhang"
    assert reply["FromUserName"] == "gh_qingshi"
    assert reply["MsgType"] == "text"
    assert int(reply["CreateTime"]) > 0
    assert reply["Content"] == "编号 1023\n可回复：催1023"


@given(st.text())
def test_every_text_arrives_as_it_is_but_for_marks(text: str) -> None:
    assert written(text)["Content"] == clean(unmarked(text))


@pytest.mark.parametrize(
    "text",
    ["a]]>b", "]]>]]>", "]]><MsgType>image</MsgType><![CDATA[", "<a>&amp;", "]]"],
)
def test_no_text_breaks_out(text: str) -> None:
    assert written(text)["Content"] == text
    assert written(text)["MsgType"] == "text"


def test_control_characters_do_not_spoil_a_reply() -> None:
    assert written("路\x08灯\x00坏\ud83d了")["Content"] == "路灯坏了"


def test_a_long_reply_is_cut_between_characters() -> None:
    content = written("灯" * 1000)["Content"]
    assert len(content.encode()) <= 2048
    assert content == "灯" * 681 + "…"
