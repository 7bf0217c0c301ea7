"""Conversation care: what a handler should mind in a villager's words, and phrases that help.

Hints and phrases stand in `copy/care.toml`. A hint is for who handles the case alone, never a mark
on the villager.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from handlers.copy import say

# the first of these that shows in the words; danger to life has sentences of its own
SIGNS: Final = ("self_harm", "violence_home", "fear", "anger", "repeat", "group")
PHRASES: Final = (
    "listen", "anger", "fear", "repeat", "group", "wait", "cannot", "elsewhere", "done",
)  # fmt: skip


def sign_of(signals: Iterable[str]) -> str:
    """What of the signals of a reading a handler should mind most; empty if nothing."""
    return next((sign for sign in SIGNS if sign in signals), "")


def hint(data: Mapping[str, Any]) -> str:
    """The hint that belongs to an event of a case's history; empty if there is none."""
    sign = data.get("care")
    return say(f"care.hint.{sign}") if sign in SIGNS else ""


def fitting(sign: str) -> tuple[str, ...]:
    """The phrases for a case whose villager showed this sign: first to listen, then what helps."""
    helping = sign if sign in PHRASES else "wait"
    return ("listen", helping, "done")
