"""A letter with buttons as 企业微信's template card 模板卡片, of the kind button_interaction."""

from __future__ import annotations

from typing import Any

from bot.channels.text import clean
from handlers.message import Outgoing

TITLE = 36  # characters: more is cut off on the screen
BODY = 160
BUTTONS = 6
LABEL = 10
_HINT = "可以回复："  # begins the line of a letter that says what can be answered
_STYLE, _PLAIN = 1, 4  # the first button stands out


def fits(message: Outgoing) -> bool:
    """Whether a card can show all of the letter: what does not fit goes as text, whole."""
    title, body = _parts(message.text)
    return bool(message.buttons) and len(title) <= TITLE and len(body) <= BODY


def card(message: Outgoing) -> dict[str, Any]:
    """The payload's `template_card`."""
    title, body = _parts(message.text)
    shown = message.buttons[:BUTTONS]
    return {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        **({"sub_title_text": body} if body else {}),
        "task_id": message.panel,
        "button_list": [
            {"text": each.label[:LABEL], "style": _PLAIN if place else _STYLE, "key": each.text}
            for place, each in enumerate(shown)
        ],
    }


def _parts(text: str) -> tuple[str, str]:
    """Without the line that says what can be answered: the buttons do."""
    title, *lines = clean(text).splitlines() or [""]
    return title, "\n".join(line for line in lines if not line.startswith(_HINT)).strip()
