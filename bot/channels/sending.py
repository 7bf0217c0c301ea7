"""What the two senders share: a message in parts, a medium, and what became of either."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
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
from bot.channels.text import MAX_PARTS, clean, short_id, split_text, unmarked, with_buttons
from handlers.message import Channel, Outgoing

logger = logging.getLogger(__name__)

MEDIA_LIMIT = 20 * 1024 * 1024  # bytes
SETS_OUT_WITHIN = 15.0  # seconds, each part of a message: less than the lease, in which it counts
_TOO_SLOW = Outcome("retry", reason="the parts before it took too long")

# told of each part that has arrived, but the last: how many by now, and what is still to be said
Arrived = Callable[[int, str], Awaitable[None]]


async def untold(parts: int, rest: str) -> None:
    """Nobody asked."""


class FetchFailed(Exception):
    """A medium did not come; `outcome` says whether trying again makes sense."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.state} {outcome.code} {outcome.reason}")
        self.outcome = outcome


def parts_of(message: Outgoing, most: int = MAX_PARTS) -> list[str]:
    """A message as it goes out: plain, in at most so many parts."""
    return split_text(clean(unmarked(with_buttons(message.text, message.buttons))), parts=most)


async def send_parts(
    message: Outgoing,
    send_text: Callable[[str], Awaitable[Answer]],
    delivered: int,
    arrived: Arrived = untold,
    most: int = MAX_PARTS,
) -> Outcome:
    """One part after the other, beginning after those `delivered` before, `most` in all."""
    return await send_each(message, parts_of(message, most), send_text, delivered, arrived)


async def send_each(
    message: Outgoing,
    parts: Sequence[str],
    send_text: Callable[[str], Awaitable[Answer]],
    delivered: int,
    arrived: Arrived = untold,
) -> Outcome:
    """These parts, one after the other, beginning after those `delivered` before."""
    if not parts:
        return Outcome("refused", reason="empty text")
    until = time.monotonic() + SETS_OUT_WITHIN
    for number, part in enumerate(parts[delivered:], delivered):
        if number > delivered:
            await arrived(number, "".join(parts[number:]))
        outcome = _TOO_SLOW
        if time.monotonic() < until:
            outcome, _ = await ask(message.channel, send_text(part))
        if outcome.state != "sent":
            _log(message.channel, f"message to {short_id(message.recipient)}", outcome)
            return replace(outcome, delivered=number)
    return replace(SENT, delivered=len(parts))


async def send_whole(message: Outgoing, call: Awaitable[Answer]) -> Outcome:
    """What goes in one piece."""
    outcome, _ = await ask(message.channel, call)
    if outcome.state != "sent":
        _log(message.channel, f"message to {short_id(message.recipient)}", outcome)
        return outcome
    return replace(SENT, delivered=1)


async def fetch_media(api: Api, channel: Channel, media_id: str) -> Media:
    """Raises `FetchFailed`."""
    call = api.download("/cgi-bin/media/get", {"media_id": media_id}, MEDIA_LIMIT)
    outcome, answer = await ask(channel, call)
    if outcome.state == "sent" and answer is not None and answer.media is not None:
        return answer.media
    if outcome.state == "sent":
        outcome = Outcome("refused", reason="no medium in the answer")
    elif outcome.state == "unknown":  # asking twice for a medium does no harm
        outcome = replace(outcome, state="retry")
    _log(channel, "medium", outcome)
    raise FetchFailed(outcome)


async def give_medium(
    api: Api,
    message: Outgoing,
    kind: str,
    medium: Media,
    send_medium: Callable[[str], Awaitable[Answer]],
) -> Outcome:
    """Put a medium there, then send it by its name; what was put there and not sent is no harm."""
    outcome, answer = await ask(message.channel, api.upload("/cgi-bin/media/upload", kind, medium))
    if outcome.state == "unknown":
        outcome = replace(outcome, state="retry")
    media_id = str(answer.data.get("media_id") or "") if answer is not None else ""
    if outcome.state == "sent":
        if not media_id:
            outcome = Outcome("refused", reason="no media_id in the answer")
        else:
            outcome, _ = await ask(message.channel, send_medium(media_id))
    if outcome.state != "sent":
        _log(message.channel, f"{kind} to {short_id(message.recipient)}", outcome)
    return outcome


async def ask(channel: Channel, call: Awaitable[Answer]) -> tuple[Outcome, Answer | None]:
    """What became of a call, and the platform's answer if there was one."""
    now = datetime.now(UTC)
    try:
        answer = await call
    except NotSent as failure:
        return Outcome("retry", reason=str(failure), asked=False), None
    except TooLarge as failure:
        return Outcome("refused", reason=str(failure)), None
    except TokenRefused as refusal:
        return token_refused(channel, refusal.code, refusal.message, now), None
    except Unanswered as failure:
        return Outcome("unknown", reason=str(failure)), None
    except BadStatus as failure:
        return http_failure(failure.status), None
    return judge(channel, answer.code, answer.message, now), answer


def _log(channel: Channel, what: str, outcome: Outcome) -> None:
    level = logging.ERROR if outcome.operator else logging.WARNING
    logger.log(
        level, "%s: %s %s: %d %s", channel, what, outcome.state, outcome.code, outcome.reason
    )
