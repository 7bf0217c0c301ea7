"""Words to staff on 企业微信."""

from __future__ import annotations

from bot.channels.api import TOTAL_TIMEOUT, Answer, Api, Media, TokenRequest
from bot.channels.contract import Capabilities
from bot.channels.outcome import Outcome
from bot.channels.sending import fetch_media, send_parts
from handlers.message import Outgoing

REPEAT_WINDOW = 1800  # seconds within which the platform drops the same text to the same person
_OUTSIDE_RANGE = 81013


class WecomSender:
    """企业微信 at `base`, speaking as the app `agent_id`. ValueError if that is no number."""

    capabilities = Capabilities(media=True, drops_repetition=True)

    def __init__(
        self, base: str, corp_id: str, agent_id: str, secret: str, *, total: float = TOTAL_TIMEOUT
    ) -> None:
        self._agent_id = int(agent_id)
        self._api = Api(base, _app_token(corp_id, secret), total=total)

    async def send(self, message: Outgoing, delivered: int = 0) -> Outcome:
        """`delivered`: how many parts of a long message arrived when it was tried before."""

        async def send_text(text: str) -> Answer:
            payload = {
                "touser": message.recipient,
                "msgtype": "text",
                "agentid": self._agent_id,
                "text": {"content": text},
                "safe": 0,
                "enable_duplicate_check": 1,
                "duplicate_check_interval": REPEAT_WINDOW,
            }
            answer = await self._api.post("/cgi-bin/message/send", payload)
            return _refused_anyway(answer, message.recipient)

        return await send_parts(message, send_text, delivered)

    async def fetch(self, media_id: str) -> Media:
        """What a member of staff sent; kept there for three days. Raises `FetchFailed`."""
        return await fetch_media(self._api, "wecom", media_id)

    async def aclose(self) -> None:
        await self._api.aclose()


def _refused_anyway(answer: Answer, userid: str) -> Answer:
    """errcode 0 is no proof: who got nothing stands in the lists beside it."""
    for name in ("invaliduser", "unlicenseduser"):
        left_out = str(answer.data.get(name) or "").lower().split("|")
        if answer.code == 0 and userid.lower() in left_out:
            return Answer(_OUTSIDE_RANGE, name)
    return answer


def _app_token(corp_id: str, secret: str) -> TokenRequest:
    return TokenRequest("GET", "/cgi-bin/gettoken", {"corpid": corp_id, "corpsecret": secret})
