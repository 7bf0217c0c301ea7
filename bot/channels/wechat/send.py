"""Words to villagers outside their own request: 客服消息, five within 48 hours of their last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.api import TOTAL_TIMEOUT, Answer, Api, Media, TokenRequest, Tokens
from bot.channels.contract import Capabilities
from bot.channels.outcome import Outcome
from bot.channels.sending import (
    Arrived,
    ask,
    fetch_media,
    give_medium,
    parts_of,
    send_parts,
    untold,
)
from bot.channels.text import MAX_PARTS, clean, unmarked
from handlers.message import Outgoing

CUSTOM_SEND = "/cgi-bin/message/custom/send"
SUBSCRIPTION_SEND = "/cgi-bin/message/subscribe/bizsend"
TEMPLATE_SEND = "/cgi-bin/message/template/send"


class WechatSender:
    """公众号 at `base`."""

    capabilities = Capabilities(media=True, buttons=True, returns=True, traced=True)

    def __init__(
        self,
        base: str,
        app_id: str,
        secret: str,
        *,
        total: float = TOTAL_TIMEOUT,
        tokens: Tokens | None = None,
        proxy: str = "",
    ) -> None:
        self.api = Api(
            base,
            _stable_token(app_id, secret),
            total=total,
            name=f"wechat:{app_id}",
            tokens=tokens,
            proxy=proxy,
        )

    async def send(
        self,
        message: Outgoing,
        delivered: int = 0,
        arrived: Arrived = untold,
        most: int = MAX_PARTS,
    ) -> Outcome:
        """`delivered`: how many parts of a long message arrived when it was tried before; `most`:
        how many there may be in all. Choices are shown as such, to be tapped."""
        if message.buttons and len(parts_of(message)) == 1:
            return await self._choices(message)

        async def send_text(text: str) -> Answer:
            payload = {"touser": message.recipient, "msgtype": "text", "text": {"content": text}}
            return await self.api.post(CUSTOM_SEND, payload)

        return await send_parts(message, send_text, delivered, arrived, most)

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        """A picture, a voice or a video."""

        async def send_medium(media_id: str) -> Answer:
            content = {"media_id": media_id}
            if kind == "video":
                content |= {"title": message.text[:20], "description": message.text[:60]}
            payload = {"touser": message.recipient, "msgtype": kind, kind: content}
            return await self.api.post(CUSTOM_SEND, payload)

        return await give_medium(self.api, message, kind, medium, send_medium)

    async def template(
        self, subscription: bool, payload: Mapping[str, Any]
    ) -> tuple[Outcome, Answer | None]:
        """A long-term subscription notice, or a template message."""
        path = SUBSCRIPTION_SEND if subscription else TEMPLATE_SEND
        return await ask("wechat", self.api.post(path, payload))

    async def _choices(self, message: Outgoing) -> Outcome:
        """The text with what can be tapped beneath it (msgmenu)."""
        payload = {
            "touser": message.recipient,
            "msgtype": "msgmenu",
            "msgmenu": {
                "head_content": clean(unmarked(message.text)),
                "list": [{"id": each.text, "content": each.label} for each in message.buttons],
                "tail_content": "",
            },
        }
        outcome, _ = await ask("wechat", self.api.post(CUSTOM_SEND, payload))
        return replace(outcome, delivered=int(outcome.state == "sent"))

    async def fetch(self, media_id: str) -> Media:
        """What a villager sent; the platform keeps it for three days. Raises `FetchFailed`."""
        return await fetch_media(self.api, "wechat", media_id)

    async def aclose(self) -> None:
        await self.api.aclose()


def _stable_token(app_id: str, secret: str) -> TokenRequest:
    """Unlike /cgi-bin/token, asking again does not end the token that another process uses."""
    return TokenRequest(
        "POST",
        "/cgi-bin/stable_token",
        body={
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": secret,
            "force_refresh": False,
        },
    )
