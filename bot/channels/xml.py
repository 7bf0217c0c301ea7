"""The XML of the two platforms: read with care, written so that no text can break out of it."""

from __future__ import annotations

import time
from xml.etree import ElementTree

from bot.channels.envelope import Refused, is_plain_xml
from bot.channels.text import clean, cut_text, unmarked, with_buttons
from handlers.message import Incoming, Reply


def read_xml(xml: bytes) -> ElementTree.Element:
    """The root element. Raises `Refused` (400) for what is no XML, or has a DTD."""
    if not is_plain_xml(xml):
        raise Refused(400, "not a message")
    # UTF-8, whatever the declaration says. Without a DTD there are no entities to fear.
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314
    try:
        parser.feed(xml)
        return parser.close()
    except ElementTree.ParseError:
        raise Refused(400, "not XML") from None


def passive_reply(incoming: Incoming, reply: Reply) -> str:
    """The answer inside the same HTTP response: to the sender, from the account."""
    content = cut_text(clean(unmarked(with_buttons(reply.text, reply.buttons))))
    return (
        f"<xml><ToUserName>{_cdata(incoming.sender)}</ToUserName>"
        f"<FromUserName>{_cdata(incoming.account)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(content)}</Content></xml>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
