"""From a platform's XML to an `Incoming`: what 公众号 and 企业微信 have in common.

A reader is a function from the XML's fields to a `Content`; each platform has a table of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree import ElementTree

from bot.channels.envelope import Refused
from bot.channels.text import clean
from handlers.message import Attachment, Channel, Incoming, Kind, Location

# What a phone's stickers and other unknown things become before they reach us; nobody typed it.
_PLACEHOLDERS = ("【收到不支持的消息类型", "[收到不支持的消息类型", "[Unsupported Message]")
_LONGEST_KEY = 64  # characters of an event key inside a dedupe key; addresses may be longer
_LONGEST_ID = 128


class Content(NamedTuple):
    kind: Kind
    text: str = ""
    event: str = ""
    event_key: str = ""
    attachment: Attachment | None = None
    location: Location | None = None
    identity: str = ""  # what tells two events of one second apart, if not the event key


class Fields(dict[str, str]):
    """The children of the root by name, with the root for what is nested. Missing ones are ""."""

    def __init__(self, root: ElementTree.Element) -> None:
        super().__init__((child.tag, child.text or "") for child in root)
        self.root = root

    def __missing__(self, name: str) -> str:
        return ""


Reader = Callable[[Fields], Content]


def incoming(channel: Channel, fields: Fields, content: Content) -> Incoming:
    """Raises `Refused` (400) if nobody sent it, or nobody knows when."""
    account, sender = clean(fields["ToUserName"]), clean(fields["FromUserName"])
    if not account or not sender or max(len(account), len(sender)) > _LONGEST_ID:
        raise Refused(400, "without sender or receiver")
    try:
        sent_at = datetime.fromtimestamp(int(fields["CreateTime"]), UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(400, "without time") from None
    return Incoming(
        channel=channel,
        account=account,
        sender=sender,
        # The MsgId alone is not enough: two people's messages may carry the same one.
        key=f"{channel}:{account}:{sender}:{_identity(fields, content)}",
        kind=content.kind,
        sent_at=sent_at,
        text=content.text,
        event=content.event,
        event_key=content.event_key,
        attachment=content.attachment,
        location=content.location,
    )


def content_of(
    fields: Fields, messages: Mapping[str, Reader], events: Mapping[str, Reader]
) -> Content:
    """By the tables; an event without a reader is kept with its key, a type without is unknown."""
    kind = fields["MsgType"].lower()
    if kind != "event":
        return messages.get(kind, unknown)(fields)
    if not fields["Event"]:
        return unknown(fields)
    return events.get(fields["Event"].lower(), event)(fields)


def text(fields: Fields) -> Content:
    words = clean(fields["Content"])
    return unknown(fields) if words.startswith(_PLACEHOLDERS) else Content("text", words)


def image(fields: Fields) -> Content:
    return Content("image", attachment=Attachment("image", fields["MediaId"]))


def voice(fields: Fields) -> Content:
    """With `Recognition` only where the account has speech recognition switched on."""
    spoken = Attachment("voice", fields["MediaId"], fields["Format"].lower())
    return Content("voice", clean(fields["Recognition"]), attachment=spoken)


def video(fields: Fields) -> Content:
    return Content("video", attachment=Attachment("video", fields["MediaId"], "mp4"))


def location(fields: Fields) -> Content:
    place = _place(fields["Location_X"], fields["Location_Y"], clean(fields["Label"]))
    return Content("location", clean(fields["Label"]), location=place)


def link(fields: Fields) -> Content:
    return Content("link", clean(fields["Title"]), event_key=clean(fields["Url"]))


def file(fields: Fields) -> Content:
    """公众号 tells a file's name only; 企业微信 keeps it under a media id."""
    name = clean(fields["FileName"] or fields["Title"])
    media_id = fields["MediaId"]
    kept = Attachment("file", media_id, _suffix(name), name) if media_id else None
    return Content("file", name, attachment=kept)


def event(fields: Fields) -> Content:
    name = fields["Event"].lower()
    return Content("event", event=name, event_key=clean(fields["EventKey"]))


def location_event(fields: Fields) -> Content:
    where = f"{fields['Latitude']},{fields['Longitude']}"
    place = _place(fields["Latitude"], fields["Longitude"], "")
    return Content("event", event="location", location=place, identity=where)


def unknown(fields: Fields) -> Content:
    return Content("unknown", event=clean(fields["MsgType"].lower()))


MESSAGES: Mapping[str, Reader] = {
    "text": text,
    "image": image,
    "voice": voice,
    "video": video,
    "shortvideo": video,
    "location": location,
    "link": link,
    "file": file,
}


def _identity(fields: Fields, content: Content) -> str:
    """What a second delivery has in common with the first, and nothing else of this sender has."""
    if content.event and fields["Event"]:
        what = content.identity or content.event_key
        if len(what) > _LONGEST_KEY:
            what = _digest(what.encode())
        return f"{fields['CreateTime']}:{content.event}:{what}"
    message_id = clean(fields["MsgId"])
    if message_id and message_id != "0" and len(message_id) <= _LONGEST_KEY:
        return message_id
    return f"{fields['CreateTime']}:{_digest(ElementTree.tostring(fields.root))}"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _place(latitude: str, longitude: str, label: str) -> Location | None:
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    # The comparison also refuses nan.
    if -90 <= north <= 90 and -180 <= east <= 180:
        return Location(north, east, label)
    return None


def _suffix(name: str) -> str:
    _, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and len(suffix) <= 8 else ""
