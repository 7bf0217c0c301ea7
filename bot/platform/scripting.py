"""How a script of errors is written: `42001 ok`, `502`, `hang`, `slow 8`; and which interface it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.platform.account import (
    AGENT_GET,
    DEPARTMENT_LIST,
    MEDIA_UPLOAD,
    MENU_CREATE,
    MENU_GET,
    OAUTH,
    QRCODE_CREATE,
    SUBSCRIPTION_SEND,
    SUBSCRIPTIONS,
    TEMPLATE_SEND,
    TEMPLATES,
    TICKET,
    USER_GET,
    USER_LIST,
)
from bot.platform.api import (
    CUSTOM_SEND,
    GET_TOKEN,
    HANG,
    MEDIA_GET,
    MESSAGE_SEND,
    STABLE_TOKEN,
    UPDATE_CARD,
    WEBHOOK,
    Http,
    Slow,
    Step,
)

SLOW = 8.0  # seconds, if no others are named

# short names of the interfaces that one rehearses with; any path will do as well
INTERFACES: Mapping[str, str] = {
    "wechat-token": STABLE_TOKEN,
    "wechat-send": CUSTOM_SEND,
    "template": TEMPLATE_SEND,
    "subscription": SUBSCRIPTION_SEND,
    "templates": TEMPLATES,
    "subscriptions": SUBSCRIPTIONS,
    "menu": MENU_GET,
    "menu-create": MENU_CREATE,
    "qrcode": QRCODE_CREATE,
    "oauth": OAUTH,
    "ticket": TICKET,
    "wecom-token": GET_TOKEN,
    "wecom-send": MESSAGE_SEND,
    "card": UPDATE_CARD,
    "agent": AGENT_GET,
    "user": USER_GET,
    "departments": DEPARTMENT_LIST,
    "members": USER_LIST,
    "robot": WEBHOOK,
    "media": MEDIA_GET,
    "upload": MEDIA_UPLOAD,
}


def path_of(name: str) -> str:
    """Raises ValueError for what is neither a name nor a path."""
    path = INTERFACES.get(name, name)
    if not path.startswith("/"):
        raise ValueError(f"no interface is called {name}; there are {', '.join(INTERFACES)}")
    return path


def steps_of(words: Iterable[str]) -> list[Step]:
    """The answers of a script, in order. Raises ValueError for a word that is none."""
    return [_step(word) for word in words]


def written(step: Step) -> str:
    """A step as it is written."""
    if isinstance(step, Http):
        return str(step.status)
    if isinstance(step, Slow):
        return f"slow{step.seconds:g}"
    if step is HANG:
        return "hang"
    return "ok" if step == 0 else str(step)


def _step(word: str) -> Step:
    word = word.strip().lower()
    if word == "ok":
        return 0
    if word == "hang":
        return HANG
    if word.startswith("slow"):
        return Slow(float(word.removeprefix("slow") or SLOW))
    try:
        code = int(word)
    except ValueError:
        raise ValueError(
            f"“{word}” is no step: ok, an errcode (42001), an HTTP status (502), hang, slow, slow6"
        ) from None
    return Http(code) if 400 <= code < 600 else code
