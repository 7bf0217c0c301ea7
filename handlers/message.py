"""What comes in and what goes out, in no channel's format.

`Incoming` 来信 is one message or event from a person; `Reply` 回复 is the answer to it;
`Outgoing` 外发 is a message to somebody else, or later. Channels translate at their edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Channel = Literal["wechat", "wecom", "intake", "robot"]  # a robot speaks and does not listen
Kind = Literal[
    "text", "image", "voice", "video", "file", "location", "link", "card", "event", "unknown"
]
Importance = Literal["ordinary", "urgent", "emergency"]
Mend = Literal["", "secret", "id", "agent", "ip", "quota", "rights"]  # what of an account is wrong
MENU_TAP = "msgmenu"  # `event` of a text that was tapped in a message, not typed


@dataclass(frozen=True, slots=True)
class Attachment:
    """A medium that the platform keeps for three days under `media_id`; fetched at once."""

    kind: Literal["image", "voice", "video", "file"]
    media_id: str
    format: str = ""  # amr, mp4, jpg … as far as the platform says
    name: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a panel (按钮卡片) was pressed; `receipt` allows one change of the panel."""

    panel: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a partner 对接单位 wants 工单: that a matter is opened, or something done about one.

    `number` is the partner's own; `digest` tells a repetition from other words under that number.
    """

    number: str
    digest: str
    does: Literal["open", "supplement", "urge", "withdraw", "rate"] = "open"
    case: int | None = None  # the number that we gave it; of a new one none
    topic: str = ""  # topic or field of the lexicon, as the partner has sorted it
    urgency: Importance = "ordinary"  # at least
    place: str = ""  # id of a unit or place of the town file
    address: str = ""
    name: str = ""  # of who told the partner
    phone: str = ""
    wanted_by: datetime | None = None
    media_url: str = ""
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event. `key` is what a repeated delivery of it has in common with the first."""

    channel: Channel
    account: str  # which public account or corp it was sent to; "simulator" for the simulator
    sender: str  # openid on 公众号, userid on 企业微信
    key: str
    kind: Kind
    sent_at: datetime
    text: str = ""  # typed words, recognised speech, a link's title, a location's label
    event: str = ""  # subscribe, unsubscribe, scan, click, view, location, … msgmenu for a text
    event_key: str = ""  # QR scene (without qrscene_), menu key, address
    attachment: Attachment | None = None
    location: Location | None = None
    press: Press | None = None  # then `text` is what the button says
    order: Order | None = None  # from a partner; `sender` is its id

    @property
    def person(self) -> str:
        """Who says it, over all channels: the key that keeps one person's words in order."""
        return f"{self.channel}:{self.account}:{self.sender}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that says `text` in the presser's name."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an `Incoming`, ready for the same HTTP response."""

    text: str
    buttons: tuple[Button, ...] = ()
    refused: bool = False  # nothing was done


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one recipient. `key` is unique for ever: the same fact is told once.

    `matters`: the recipient has to learn it, if not this way then another. `notice` are the words
    from which a template message is made; `last` says that it will not be tried again like this.
    """

    channel: Channel
    account: str
    recipient: str
    key: str
    text: str
    importance: Importance = "ordinary"
    buttons: tuple[Button, ...] = ()
    panel: str = ""  # under which name a press of its buttons comes back
    label: str = ""  # what stands in the buttons' place when there are none any more
    matters: bool = False
    notice: Mapping[str, str] = field(default_factory=dict)
    last: bool = False
