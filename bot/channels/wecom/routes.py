"""企业微信's callback at /wecom. Its check of the address wants the answer within one second."""

from __future__ import annotations

from starlette.routing import Route

from bot.channels.callback import Callback, Query
from bot.channels.envelope import Envelope
from bot.channels.receiver import Receiver
from bot.channels.wecom.parse import parse
from handlers.message import Incoming


def routes(receiver: Receiver, token: str, aes_key: str, corp_id: str) -> list[Route]:
    """Raises ValueError if token, key or id cannot be right."""
    envelope = Envelope(token, aes_key, corp_id)

    def open_delivery(query: Query, body: bytes) -> Incoming:
        return parse(envelope.open(query, body))

    return Callback("/wecom", envelope, envelope.sealed_echo, open_delivery, receiver).routes()
