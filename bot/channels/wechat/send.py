"""Words to villagers outside their own request: 客服消息, five within 48 hours of their last word."""

from __future__ import annotations

from bot.channels.api import TOTAL_TIMEOUT, Answer, Api, Media, TokenRequest
from bot.channels.contract import Capabilities
from bot.channels.outcome import Outcome
from bot.channels.sending import fetch_media, send_parts
from handlers.message import Outgoing


class WechatSender:
    """公众号 at `base`."""

    capabilities = Capabilities(media=True)

    def __init__(
        self, base: str, app_id: str, secret: str, *, total: float = TOTAL_TIMEOUT
    ) -> None:
        self._api = Api(base, _stable_token(app_id, secret), total=total)

    async def send(self, message: Outgoing, delivered: int = 0) -> Outcome:
        """`delivered`: how many parts of a long message arrived when it was tried before."""

        async def send_text(text: str) -> Answer:
            payload = {"touser": message.recipient, "msgtype": "text", "text": {"content": text}}
            return await self._api.post("/cgi-bin/message/custom/send", payload)

        return await send_parts(message, send_text, delivered)

    async def fetch(self, media_id: str) -> Media:
        """What a villager sent; the platform keeps it for three days. Raises `FetchFailed`."""
        return await fetch_media(self._api, "wechat", media_id)

    async def aclose(self) -> None:
        await self._api.aclose()


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
