"""Channels that are not set up: letters wait for somebody to do it, as for any other wrong setting."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.api import Media
from bot.channels.contract import Capabilities, Channel
from bot.channels.outcome import Outcome
from bot.channels.robot.send import RobotSender
from bot.channels.sending import Arrived, FetchFailed, untold
from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.send import WecomSender
from handlers.message import Outgoing


class NoWayOut:
    """In the place of a sender that could do so much."""

    def __init__(self, capabilities: Capabilities) -> None:
        self.capabilities = replace(capabilities, gathers=False, limits=())

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        reason = f"no way out for {message.channel}"
        return Outcome("limited", reason=reason, wait=600, operator=True, asked=False)

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        return await self.send(message)

    async def fetch(self, media_id: str) -> Media:
        raise FetchFailed(Outcome("refused", reason="no way in"))

    async def aclose(self) -> None:
        """Nothing is open."""


def channels() -> tuple[Channel, ...]:
    return (
        Channel("wechat", NoWayOut(WechatSender.capabilities)),
        Channel("wecom", NoWayOut(WecomSender.capabilities)),
        Channel("robot", NoWayOut(RobotSender.capabilities)),
    )
