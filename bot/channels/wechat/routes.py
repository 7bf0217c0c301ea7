"""公众号's callback at /wechat, in 安全模式 only."""

from __future__ import annotations

from starlette.routing import Route

from bot.channels.callback import Callback, Query
from bot.channels.envelope import Envelope, Refused
from bot.channels.receiver import Receiver
from bot.channels.wechat.parse import parse
from handlers.message import Incoming


def routes(
    receiver: Receiver, token: str, aes_key: str, app_id: str, subscription: str = ""
) -> list[Route]:
    """`subscription` is the template of the town's notice. Raises ValueError if token, key or id cannot be right."""
    envelope = Envelope(token, aes_key, app_id)

    def open_delivery(query: Query, body: bytes) -> Incoming:
        if query.get("encrypt_type") != "aes":
            raise Refused(403, "not encrypted")
        return parse(envelope.open(query, body), subscription)

    return Callback("/wechat", envelope, envelope.plain_echo, open_delivery, receiver).routes()
