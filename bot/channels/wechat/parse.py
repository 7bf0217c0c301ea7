"""What a villager can send on 公众号, and what the platform reports about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels import parse as common
from bot.channels.parse import Content, Fields, Reader
from bot.channels.text import clean
from bot.channels.xml import read_xml
from handlers.message import MENU_TAP, Incoming


def parse(xml: bytes, subscription: str = "") -> Incoming:
    """`subscription` is the template of the town's own notice: what a person chose about any other
    is left out. Raises `Refused` (400) for what is no message."""
    fields = Fields(read_xml(xml))
    message = common.incoming("wechat", fields, common.content_of(fields, MESSAGES, EVENTS))
    if message.event in CHOICES:
        return replace(message, event_key=_about(subscription, message.event_key))
    return message


def mini_program_page(fields: Fields) -> Content:
    return Content("card", clean(fields["Title"]), event_key=clean(fields["PagePath"]))


def subscribe(fields: Fields) -> Content:
    """Followed the account; by a QR code, its scene is the key, as with `SCAN`."""
    scene = clean(fields["EventKey"]).removeprefix("qrscene_")
    return Content("event", event="subscribe", event_key=scene)


def template_sent(fields: Fields) -> Content:
    """How a template message ended: `<MsgID>:success`, `<MsgID>:failed:user block`, …"""
    return _report(fields, f"{fields['MsgID']}:{fields['Status']}")


def subscription_choice(fields: Fields) -> Content:
    """What a person chose, for one or more templates: `<TemplateId>:accept <TemplateId>:reject`."""
    choices = [
        f"{choice.findtext('TemplateId', '')}:{choice.findtext('SubscribeStatusString', '')}"
        for choice in fields.root.iter("List")
    ]
    return _report(fields, " ".join(choices))


def subscription_sent(fields: Fields) -> Content:
    """How subscription messages ended: `<MsgID>:success`, …"""
    sent = [
        f"{item.findtext('MsgID', '')}:{item.findtext('ErrorStatus', '')}"
        for item in fields.root.iter("List")
    ]
    return _report(fields, " ".join(sent))


def _about(template: str, choices: str) -> str:
    """Of what was chosen that which is about one template."""
    return " ".join(each for each in choices.split() if each.partition(":")[0] == template)


def _report(fields: Fields, what: str) -> Content:
    return Content("event", event=fields["Event"].lower(), event_key=clean(what))


def text(fields: Fields) -> Content:
    """Typed; or tapped in a message with choices, whose id then says what is meant."""
    content, tapped = common.text(fields), clean(fields["bizmsgmenuid"])
    if not tapped or content.kind != "text":
        return content
    return content._replace(text=tapped, event=MENU_TAP, event_key=tapped)


MESSAGES: Mapping[str, Reader] = {
    **common.MESSAGES,
    "text": text,
    "miniprogrampage": mini_program_page,
}

CHOICES = ("subscribe_msg_popup_event", "subscribe_msg_change_event")

# click, scan, view, unsubscribe and whatever is invented later need no reader of their own.
EVENTS: Mapping[str, Reader] = {
    "subscribe": subscribe,
    "location": common.location_event,
    "templatesendjobfinish": template_sent,
    **dict.fromkeys(CHOICES, subscription_choice),
    "subscribe_msg_sent_event": subscription_sent,
}
