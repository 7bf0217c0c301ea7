"""Webhooks: a partner is told of a change at the address that it has named, signed with its own key.

The signature is the HMAC-SHA256 of `<timestamp>.<body>`. The receiver checks it, refuses a timestamp
that is more than five minutes away, and knows a repetition by the `id` in the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx

from bot.channels.api import CONNECT_TIMEOUT, TOTAL_TIMEOUT, Media, trusted
from bot.channels.contract import Capabilities
from bot.channels.outcome import Outcome
from bot.channels.sending import Arrived, FetchFailed, untold
from bot.channels.text import clean, with_buttons
from casework.partner import Partner
from handlers.message import Outgoing

TIMESTAMP: Final = "X-Xiaoge-Timestamp"
SIGNATURE: Final = "X-Xiaoge-Signature"
HOUR: Final = 3600.0
_LATER: Final = frozenset({408, 425, 429})
_NOT_UNDERSTOOD: Final = frozenset({400, 413, 415, 422})


def key_of(secret: str, partner: Partner) -> str:
    """The partner's own key: made from the service's, so that no table holds it."""
    use = f"webhook|{partner.id}|{partner.turn}"
    return hmac.new(secret.encode(), use.encode(), hashlib.sha256).hexdigest()


def sign(key: str, timestamp: str, body: bytes) -> str:
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookSender:
    """`partner` finds a partner by its id; `secret` is XIAOGE_SECRET_KEY."""

    # what may have arrived is sent again: the receiver knows it by its id
    capabilities = Capabilities(drops_repetition=True)

    def __init__(
        self,
        partner: Callable[[str], Awaitable[Partner | None]],
        secret: str,
        *,
        total: float = TOTAL_TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._partner = partner
        self._secret = secret
        self._clock = clock
        # partners stand in the government's own networks: no proxy, and no address but the one named
        self._http = httpx.AsyncClient(
            verify=trusted(),
            timeout=httpx.Timeout(total, connect=min(CONNECT_TIMEOUT, total)),
            trust_env=False,
            follow_redirects=False,
        )

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        partner = await self._partner(message.recipient)
        if partner is None or not partner.webhook:
            return Outcome("refused", reason="no such partner, or it wants no webhooks")
        if not self._secret:
            return _mend(message, "XIAOGE_SECRET_KEY is not set", 0)
        body = _body(message)
        stamp = str(int(self._clock()))
        signature = sign(key_of(self._secret, partner), stamp, body)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            TIMESTAMP: stamp,
            SIGNATURE: f"v1={signature}",
        }
        try:
            answer = await self._http.post(partner.webhook, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Outcome("retry", reason=type(error).__name__, asked=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _busy(message, 0, type(error).__name__)
        return _judge(message, answer)

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        return Outcome("refused", reason="partners are given no media")

    async def fetch(self, media_id: str) -> Media:
        raise FetchFailed(Outcome("refused", reason="partners name addresses, and send no media"))

    async def aclose(self) -> None:
        await self._http.aclose()


def _body(message: Outgoing) -> bytes:
    event = message.notice.get("event", "")
    shown: dict[str, Any] = {
        name: value or None for name, value in message.notice.items() if name != "event"
    }
    said = clean(with_buttons(message.text, message.buttons))
    told = {"id": message.key, "event": event, "text": said, "service_request": shown}
    return json.dumps(told, ensure_ascii=False).encode()


def _judge(message: Outgoing, answer: httpx.Response) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        return Outcome("sent", delivered=1)
    if status in _NOT_UNDERSTOOD:
        return Outcome("refused", status, f"HTTP {status}")
    if status >= 500 or status in _LATER:
        return _busy(message, status, f"HTTP {status}")
    return _mend(message, f"HTTP {status}", status)  # its address or its check is not right


def _busy(message: Outgoing, status: int, reason: str) -> Outcome:
    """Four times with back-off as with every other channel; then once an hour, and somebody is told."""
    if not message.last:
        return Outcome("retry", status, reason)
    return _mend(message, reason, status)


def _mend(message: Outgoing, reason: str, status: int) -> Outcome:
    said = f"{message.recipient}: {reason}"
    return Outcome("limited", status, said, wait=HOUR, operator=True)
