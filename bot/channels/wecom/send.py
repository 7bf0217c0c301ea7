"""Words to staff on 企业微信."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.api import TOTAL_TIMEOUT, Answer, Api, Media, TokenRequest, Tokens
from bot.channels.contract import Capabilities
from bot.channels.gate import Gate
from bot.channels.outcome import Outcome
from bot.channels.sending import (
    Arrived,
    fetch_media,
    give_medium,
    send_parts,
    send_whole,
    untold,
)
from bot.channels.wecom import panel
from handlers.message import Outgoing
from storage.limits import DAY, Limit

MESSAGE_SEND = "/cgi-bin/message/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"
REPEAT_WINDOW = 1800  # seconds within which the platform drops the same text to the same person
_OUTSIDE_RANGE = 81013

# what the platform drops in silence, or answers with a ban: under it, whatever happens
LIMITS = (
    Limit("recipient", 30, 60),
    Limit("recipient", 1_000, 3_600),
    Limit("account", 10_000, 60),
    Limit("account", 150_000, 3_600),
)
A_DAY = 200  # messages to one person, for each account that the corp may have
ACCOUNTS = 200  # of a corp that has not asked for more


class WecomSender:
    """企业微信 at `base`, speaking as the app `agent_id`. ValueError if that is no number."""

    capabilities = Capabilities(
        buttons=True, media=True, drops_repetition=True, gathers=True, limits=LIMITS
    )

    def __init__(
        self,
        base: str,
        corp_id: str,
        agent_id: str,
        secret: str,
        *,
        total: float = TOTAL_TIMEOUT,
        tokens: Tokens | None = None,
        proxy: str = "",
        accounts: int = ACCOUNTS,
    ) -> None:
        a_day = Limit("account", accounts * A_DAY, DAY)
        self.capabilities = replace(self.capabilities, limits=(*LIMITS, a_day))
        self.gate = Gate()
        self._agent_id = int(agent_id)
        self.api = Api(
            base,
            _app_token(corp_id, secret),
            total=total,
            name=f"wecom:{corp_id}:{agent_id}",
            tokens=tokens,
            proxy=proxy,
        )

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        """`delivered`: how many parts of a long message arrived when it was tried before."""
        return await self.gate.through(lambda: self._send(message, delivered, arrived))

    async def _send(self, message: Outgoing, delivered: int, arrived: Arrived) -> Outcome:
        if not delivered and panel.fits(message):
            return await self._send_panel(message)

        async def send_text(text: str) -> Answer:
            return await self._say(message, "text", {"content": text}, safe=0)

        return await send_parts(message, send_text, delivered, arrived)

    async def _send_panel(self, message: Outgoing) -> Outcome:
        receipt = ""

        async def call() -> Answer:
            nonlocal receipt
            answer = await self._say(message, "template_card", panel.card(message))
            receipt = str(answer.data.get("response_code") or "")
            return answer

        outcome = await send_whole(message, call())
        return replace(outcome, receipt=receipt) if outcome.state == "sent" else outcome

    async def change(self, message: Outgoing, receipt: str) -> Outcome:
        """Other buttons on a card, or one word in their place. A receipt works once."""
        shown: dict[str, Any] = (
            {"template_card": panel.card(message)}
            if message.buttons
            else {"button": {"replace_name": message.label}}
        )
        payload = {
            "userids": [message.recipient],
            "agentid": self._agent_id,
            "response_code": receipt,
            **shown,
        }
        return await self.gate.through(
            lambda: send_whole(message, self.api.post(UPDATE_CARD, payload))
        )

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        """A picture, a voice, a video or a file."""

        async def send_medium(media_id: str) -> Answer:
            return await self._say(message, kind, {"media_id": media_id}, safe=0)

        return await self.gate.through(
            lambda: give_medium(self.api, message, kind, medium, send_medium)
        )

    async def _say(
        self, message: Outgoing, kind: str, content: Mapping[str, Any], **more: Any
    ) -> Answer:
        payload = {
            "touser": message.recipient,
            "msgtype": kind,
            "agentid": self._agent_id,
            kind: content,
            **more,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEAT_WINDOW,
        }
        answer = await self.api.post(MESSAGE_SEND, payload)
        return _refused_anyway(answer, message.recipient)

    async def fetch(self, media_id: str) -> Media:
        """What a member of staff sent; kept there for three days. Raises `FetchFailed`."""
        return await fetch_media(self.api, "wecom", media_id)

    async def aclose(self) -> None:
        await self.api.aclose()


def _refused_anyway(answer: Answer, userid: str) -> Answer:
    """errcode 0 is no proof: who got nothing stands in the lists beside it."""
    for name in ("invaliduser", "unlicenseduser"):
        left_out = str(answer.data.get(name) or "").lower().split("|")
        if answer.code == 0 and userid.lower() in left_out:
            return Answer(_OUTSIDE_RANGE, name)
    return answer


def _app_token(corp_id: str, secret: str) -> TokenRequest:
    return TokenRequest("GET", "/cgi-bin/gettoken", {"corpid": corp_id, "corpsecret": secret})
