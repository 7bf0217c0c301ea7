"""What one can do with a phone, as the platform puts it into a message: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from bot.platform.account import SUBSCRIPTION_SEND, TEMPLATE_SEND, Notice
from bot.platform.api import TencentApi
from bot.platform.samples import DOCUMENT, PICTURE, VIDEO, VOICE, Sample
from bot.platform.tencent import Nested

Side = Literal["villager", "staff"]
Content = tuple[str, dict[str, object]]  # the message's type, and the fields that it has
# what a sticker becomes, and whatever else the platform does not pass on
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
NORTH, EAST = "30.65", "104.06"


@dataclass(frozen=True)
class Phone:
    """Somebody's: of a villager with 公众号, of a member of staff with 企业微信."""

    person: str
    side: Side
    api: TencentApi

    def upload(self, sample: Sample) -> str:
        """Give something to the platform, which keeps it under a name."""
        name = f"MEDIA-{len(self.api.media) + 1}"
        self.api.media[name] = (sample.content, sample.content_type, f"{name}.{sample.ending}")
        return name


@dataclass(frozen=True)
class Kind:
    """`told` says what it is, and what is to be given with it."""

    told: str
    make: Callable[[Phone, str], Content]
    sides: tuple[Side, ...] = ("villager", "staff")


# --- messages ------------------------------------------------------------------------------------


def text(_: Phone, words: str) -> Content:
    return "text", {"Content": words}


def image(phone: Phone, _: str) -> Content:
    return "image", {"MediaId": phone.upload(PICTURE), "PicUrl": ""}


def voice(phone: Phone, words: str) -> Content:
    """企业微信 recognises no speech."""
    heard = {"Recognition": words} if words and phone.side == "villager" else {}
    return "voice", {"MediaId": phone.upload(VOICE), "Format": "amr", **heard}


def video(phone: Phone, _: str) -> Content:
    return "video", _film(phone)


def shortvideo(phone: Phone, _: str) -> Content:
    return "shortvideo", _film(phone)


def _film(phone: Phone) -> dict[str, object]:
    """公众号 answers who asks for it with an address."""
    name = phone.upload(VIDEO)
    if phone.side == "villager":
        phone.api.by_address.add(name)
    return {"MediaId": name, "ThumbMediaId": phone.upload(PICTURE)}


def file(phone: Phone, name: str) -> Content:
    """公众号 tells its name and keeps the content to itself."""
    name = name or "申请.pdf"
    if phone.side == "villager":
        return "file", {"Title": name, "Description": "", "FileKey": "FILE", "FileTotalLen": 1}
    return "file", {"MediaId": phone.upload(DOCUMENT), "FileName": name}


def location(_: Phone, label: str) -> Content:
    return "location", {"Location_X": NORTH, "Location_Y": EAST, "Scale": 15, "Label": label}


def link(_: Phone, title: str) -> Content:
    return "link", {"Title": title, "Description": "", "Url": "https://example.cn/"}


def card(phone: Phone, title: str) -> Content:
    return "miniprogrampage", {
        "Title": title, "AppId": "wx0", "PagePath": "pages/index", "ThumbUrl": "",
        "ThumbMediaId": phone.upload(PICTURE),
    }  # fmt: skip


def sticker(_: Phone, __: str) -> Content:
    return "text", {"Content": UNSUPPORTED}


# --- events --------------------------------------------------------------------------------------


def subscribe(_: Phone, scene: str) -> Content:
    came = {"EventKey": f"qrscene_{scene}", "Ticket": "TICKET"} if scene else {"EventKey": ""}
    return "event", {"Event": "subscribe", **came}


def scan(_: Phone, scene: str) -> Content:
    return "event", {"Event": "SCAN", "EventKey": scene, "Ticket": "TICKET"}


def position(_: Phone, __: str) -> Content:
    where = {"Latitude": NORTH, "Longitude": EAST, "Precision": "30"}
    return "event", {"Event": "LOCATION", **where}


def _event(name: str) -> Callable[[Phone, str], Content]:
    """One that has nothing but a key."""
    return lambda _, key: ("event", {"Event": name, "EventKey": key})


def subscription(phone: Phone, choice: str) -> Content:
    return _chosen(phone, "subscribe_msg_popup_event", "SubscribeMsgPopupEvent", choice or "accept")


def subscription_off(phone: Phone, _: str) -> Content:
    return _chosen(phone, "subscribe_msg_change_event", "SubscribeMsgChangeEvent", "reject")


def _chosen(phone: Phone, event: str, element: str, choice: str) -> Content:
    """About the first notice that the account has."""
    template = phone.api.account.subscriptions[0]["priTmplId"]
    said = f"<TemplateId>{template}</TemplateId><SubscribeStatusString>{escape(choice)}</SubscribeStatusString>"
    return "event", {"Event": event, element: Nested(f"<List>{said}</List>")}


def template_result(phone: Phone, status: str) -> Content:
    return ended(_newest(phone, TEMPLATE_SEND), status or "success")


def subscription_result(phone: Phone, status: str) -> Content:
    return ended(_newest(phone, SUBSCRIPTION_SEND), status or "success")


def _newest(phone: Phone, path: str) -> Notice:
    sent = (each for each in reversed(phone.api.account.notices) if each.path == path)
    found = next((each for each in sent if each.openid == phone.person), None)
    if found is None:
        raise ValueError(f"none was sent to {phone.person}")
    return found


def ended(notice: Notice, status: str) -> Content:
    """How a template message or a subscription notice ended."""
    if notice.path == TEMPLATE_SEND:
        end = {"MsgID": notice.number, "Status": status}
        return "event", {"Event": "TEMPLATESENDJOBFINISH", **end}
    said = (
        f"<TemplateId>{notice.template}</TemplateId><MsgID>{notice.number}</MsgID>"
        f"<ErrorCode>{int(status != 'success')}</ErrorCode><ErrorStatus>{escape(status)}</ErrorStatus>"
    )
    sent = Nested(f"<List>{said}</List>")
    return "event", {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": sent}


VILLAGER: tuple[Side, ...] = ("villager",)
STAFF: tuple[Side, ...] = ("staff",)
KINDS: Mapping[str, Kind] = {
    "text": Kind("说一句话", text),
    "image": Kind("发照片", image),
    "voice": Kind("发语音（内容是听出来的字，空着就是没有识别）", voice),
    "video": Kind("发视频", video),
    "shortvideo": Kind("发小视频", shortvideo, VILLAGER),
    "file": Kind("发文件（内容是文件名）", file),
    "location": Kind("发位置（内容是地名）", location),
    "link": Kind("发链接（内容是标题）", link),
    "card": Kind("发小程序卡片（内容是标题）", card, VILLAGER),
    "sticker": Kind("发表情（平台只说“收到不支持的消息类型”）", sticker, VILLAGER),
    "subscribe": Kind("关注（扫码关注的，内容是二维码的场景）", subscribe),
    "unsubscribe": Kind("取消关注", _event("unsubscribe")),
    "scan": Kind("扫码（内容是二维码的场景）", scan, VILLAGER),
    "click": Kind("点菜单（内容是菜单的 key）", _event("CLICK")),
    "view": Kind("点菜单里的网页（内容是网址）", _event("VIEW")),
    "position": Kind("打开时自动报位置", position),
    "enter": Kind("打开应用", _event("enter_agent"), STAFF),
    "subscription": Kind("选要不要通知（内容 accept 或 reject）", subscription, VILLAGER),
    "subscription-off": Kind("关掉通知", subscription_off, VILLAGER),
    "template-result": Kind(
        "模板消息的结果（内容 success、failed:user block）", template_result, VILLAGER
    ),
    "subscription-result": Kind(
        "订阅通知的结果（内容 success、failed:user refuse）", subscription_result, VILLAGER
    ),
}  # fmt: skip
# how the result of each way of sending is called
RESULTS: Mapping[str, str] = {
    TEMPLATE_SEND: "template-result",
    SUBSCRIPTION_SEND: "subscription-result",
}


def done(phone: Phone, kind: str, given: str) -> Content:
    """Raises ValueError for what nobody can do there."""
    known = KINDS.get(kind)
    if known is None or phone.side not in known.sides:
        there = [name for name, each in KINDS.items() if phone.side in each.sides]
        raise ValueError(f"nobody can do {kind} here; there are {', '.join(there)}")
    return known.make(phone, given)


def tapped(phone: Phone, choice: str) -> Content:
    """A choice in a message with choices (msgmenu). Raises ValueError if none has it."""
    for label, identity in choices(phone):
        if choice in (label, identity):
            return "text", {"Content": label, "bizmsgmenuid": identity}
    raise ValueError(f"no message to {phone.person} has the choice {choice}")


def choices(phone: Phone) -> list[tuple[str, str]]:
    """What can be tapped on the phone, as it reads and as it counts, the newest first."""
    return [
        (each["content"], each["id"])
        for sent in reversed(phone.api.received)
        if sent.recipient == phone.person
        for each in sent.payload.get("msgmenu", {}).get("list", ())
    ]
