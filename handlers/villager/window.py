"""How often, and until when, 公众号 lets us write to a villager after what they did.

A word of theirs buys five messages within 48 hours; a tap on the menu, a scan, a follow three within
a minute. They do not add up: the newest word counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from handlers.message import MENU_TAP, Incoming
from storage.columns import EPOCH

BY_WORD: Final = (timedelta(hours=48), 5)
BY_TAP: Final = (timedelta(minutes=1), 3)
TAPS: Final = frozenset({"click", "scan", "subscribe", "scancode_waitmsg", MENU_TAP})


def opened_by(message: Incoming, wall: datetime) -> tuple[datetime, int]:
    """Until when, and how many. What is no act towards the account opens nothing."""
    if message.kind == "event" and message.event not in TAPS:
        return EPOCH, 0
    span, count = BY_TAP if message.event in TAPS else BY_WORD
    return min(message.sent_at, wall) + span, count
