"""Text at the edge: what a person typed made harmless, what we say made to fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.message import Button

TEXT_LIMIT = 2048  # bytes of UTF-8, for a text message on 公众号 and on 企业微信
MAX_PARTS = 5  # a 公众号 allows five messages after each of the villager's

# C0 and C1 controls but tab and line feed; marks that reorder or hide text (the joiner of emoji
# stays); what XML or UTF-8 cannot carry.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff"
    "\ud800-\udfff]"
)
_MARKS = (
    (re.compile(r"^#{1,6}[ \t]+(?=\S)", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{1,200}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"^[ \t]*```\w*[ \t]*$\n?", re.MULTILINE), ""),
    (re.compile(r"`([^`\n]{1,200})`"), r"\1"),
    (re.compile(r"!?\[([^\]\n]{1,200})\]\((https?://[^)\s]{1,500})\)"), r"\1 \2"),
)
_SENTENCE_ENDS = ("\n", "。", "！", "？", "；", "，", " ")


def clean(text: str | None) -> str:
    """Without control characters and outer blanks; "" for None."""
    if not text:
        return ""
    if not text.isprintable():  # holds for nearly all; what is unwanted is never printable
        text = _UNWANTED.sub("", text)
    return text.strip()


def short_id(person: str) -> str:
    """Enough of an openid or userid to find a log line again, not enough to know the person."""
    return f"{person[:4]}…"


def cut_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """At most `limit` bytes of UTF-8, with … where something was left out."""
    if _fits(text, limit):
        return text
    return _head(text, limit - len("…".encode())) + "…"


def split_text(text: str, limit: int = TEXT_LIMIT, parts: int = MAX_PARTS) -> list[str]:
    """Pieces of at most `limit` bytes, cut after a line or sentence where there is one.

    Joined they are the text again, unless it needs more than `parts` pieces: then the last ends
    with ….
    """
    pieces: list[str] = []
    while text and len(pieces) < parts - 1:
        piece = text if _fits(text, limit) else _readable(_head(text, limit))
        pieces.append(piece)
        text = text[len(piece) :]
    if text:
        pieces.append(cut_text(text, limit))
    return pieces


def unmarked(text: str) -> str:
    """Without the marks of markdown, which no phone of a villager shows as anything but marks."""
    for pattern, words in _MARKS:
        text = pattern.sub(words, text)
    return text


def with_buttons(text: str, buttons: Sequence[Button]) -> str:
    """For a channel without buttons: what they would say is named, unless the text names it."""
    unnamed = [button.text for button in buttons if button.text not in text]
    return f"{text}\n可回复：{' / '.join(unnamed)}" if unnamed else text


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and len(text.encode()) <= limit


def _head(text: str, limit: int) -> str:
    return text[:limit].encode()[:limit].decode(errors="ignore")


def _readable(piece: str) -> str:
    """The piece up to the last good place to stop in its second half, if there is one."""
    for mark in _SENTENCE_ENDS:
        place = piece.rfind(mark)
        if place >= len(piece) // 2:
            return piece[: place + 1]
    return piece
