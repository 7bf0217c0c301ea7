"""What a member of staff can send on 企业微信."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels import parse as common
from bot.channels.parse import Content, Fields, Reader
from bot.channels.text import clean
from bot.channels.xml import read_xml
from handlers.message import Incoming


@dataclass(frozen=True, slots=True)
class CardPress(Incoming):
    """A button of a template card was pressed; `event_key` is the button's key.

    `response_code` allows one update of the card `task_id`, within 72 hours.
    """

    task_id: str = ""
    response_code: str = ""


def parse(xml: bytes) -> Incoming:
    """Raises `Refused` (400) for what is no message."""
    fields = Fields(read_xml(xml))
    message = common.incoming("wecom", fields, common.content_of(fields, MESSAGES, EVENTS))
    if message.event == "template_card_event" and message.kind == "event":
        return _card_press(message, fields)
    return message


def card_event(fields: Fields) -> Content:
    pressed = clean(fields["EventKey"])
    return Content(
        "event",
        event="template_card_event",
        event_key=pressed,
        identity=f"{clean(fields['TaskId'])}:{pressed}",
    )


def _card_press(message: Incoming, fields: Fields) -> CardPress:
    return CardPress(
        **{name: getattr(message, name) for name in Incoming.__slots__},
        task_id=clean(fields["TaskId"]),
        response_code=clean(fields["ResponseCode"]),
    )


MESSAGES: Mapping[str, Reader] = common.MESSAGES

# enter_agent, click, view, subscribe and whatever is invented later need no reader of their own.
EVENTS: Mapping[str, Reader] = {
    "location": common.location_event,
    "template_card_event": card_event,
}
