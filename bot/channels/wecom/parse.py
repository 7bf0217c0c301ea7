"""What a member of staff can send on 企业微信."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels import parse as common
from bot.channels.parse import Content, Fields, Reader
from bot.channels.text import clean
from bot.channels.xml import read_xml
from handlers.message import Incoming, Press


def parse(xml: bytes) -> Incoming:
    """Raises `Refused` (400) for what is no message."""
    fields = Fields(read_xml(xml))
    message = common.incoming("wecom", fields, common.content_of(fields, MESSAGES, EVENTS))
    if message.event == "template_card_event" and message.kind == "event":
        press = Press(clean(fields["TaskId"]), clean(fields["ResponseCode"]))
        return replace(message, press=press)
    return message


def card_event(fields: Fields) -> Content:
    """A button of a template card: what it says is said by who pressed it."""
    pressed = clean(fields["EventKey"])
    return Content(
        "event",
        pressed,
        event="template_card_event",
        event_key=pressed,
        identity=f"{clean(fields['TaskId'])}:{pressed}",
    )


MESSAGES: Mapping[str, Reader] = common.MESSAGES

# enter_agent, click, view, subscribe and whatever is invented later need no reader of their own.
EVENTS: Mapping[str, Reader] = {
    "location": common.location_event,
    "template_card_event": card_event,
}
