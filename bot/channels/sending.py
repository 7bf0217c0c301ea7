"""What the two senders share: a message in parts, a medium, and what became of either."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.channels.api import (
    Answer,
    Api,
    BadStatus,
    Media,
    NotSent,
    TokenRefused,
    TooLarge,
    Unanswered,
)
from bot.channels.outcome import SENT, Outcome, http_failure, judge, token_refused
from bot.channels.text import clean, short_id, split_text, with_buttons
from handlers.message import Channel, Outgoing

logger = logging.getLogger(__name__)

MEDIA_LIMIT = 20 * 1024 * 1024  # bytes


class FetchFailed(Exception):
    """A medium did not come; `outcome` says whether trying again makes sense."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.state} {outcome.code} {outcome.reason}")
        self.outcome = outcome


async def send_parts(
    message: Outgoing, send_text: Callable[[str], Awaitable[Answer]], delivered: int
) -> Outcome:
    """One part after the other, beginning after those `delivered` before."""
    parts = split_text(clean(with_buttons(message.text, message.buttons)))
    if not parts:
        return Outcome("refused", reason="empty text")
    for number, part in enumerate(parts[delivered:], delivered):
        outcome, _ = await _ask(message.channel, send_text(part))
        if outcome.state != "sent":
            _log(message.channel, f"message to {short_id(message.recipient)}", outcome)
            return replace(outcome, delivered=number)
    return replace(SENT, delivered=len(parts))


async def send_whole(message: Outgoing, call: Awaitable[Answer]) -> Outcome:
    """What goes in one piece."""
    outcome, _ = await _ask(message.channel, call)
    if outcome.state != "sent":
        _log(message.channel, f"message to {short_id(message.recipient)}", outcome)
        return outcome
    return replace(SENT, delivered=1)


async def fetch_media(api: Api, channel: Channel, media_id: str) -> Media:
    """Raises `FetchFailed`."""
    call = api.download("/cgi-bin/media/get", {"media_id": media_id}, MEDIA_LIMIT)
    outcome, media = await _ask(channel, call)
    if media is not None:
        return media
    if outcome.state == "sent":
        outcome = Outcome("refused", reason="no medium in the answer")
    elif outcome.state == "unknown":  # asking twice for a medium does no harm
        outcome = replace(outcome, state="retry")
    _log(channel, "medium", outcome)
    raise FetchFailed(outcome)


async def _ask(channel: Channel, call: Awaitable[Answer]) -> tuple[Outcome, Media | None]:
    now = datetime.now(UTC)
    try:
        answer = await call
    except NotSent as failure:
        return Outcome("retry", reason=str(failure)), None
    except TooLarge as failure:
        return Outcome("refused", reason=str(failure)), None
    except TokenRefused as refusal:
        return token_refused(channel, refusal.code, refusal.message, now), None
    except Unanswered as failure:
        return _unknown(channel, Outcome("unknown", reason=str(failure))), None
    except BadStatus as failure:
        return _unknown(channel, http_failure(failure.status)), None
    return judge(channel, answer.code, answer.message, now), answer.media


def _unknown(channel: Channel, outcome: Outcome) -> Outcome:
    """企业微信 drops a repetition within half an hour, so there it is safe to try again."""
    if outcome.state == "unknown" and channel == "wecom":
        return replace(outcome, state="retry")
    return outcome


def _log(channel: Channel, what: str, outcome: Outcome) -> None:
    level = logging.ERROR if outcome.operator else logging.WARNING
    logger.log(
        level, "%s: %s %s: %d %s", channel, what, outcome.state, outcome.code, outcome.reason
    )
