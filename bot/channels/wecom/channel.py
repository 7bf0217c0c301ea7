"""企业微信 as a channel."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.wecom.routes import routes
from bot.channels.wecom.send import WecomSender
from bot.settings import Settings


def channel(settings: Settings) -> Channel:
    token, aes_key = settings.wecom_token, settings.wecom_aes_key
    return Channel(
        "wecom",
        WecomSender(
            settings.wecom_api_base,
            settings.wecom_corp_id,
            settings.wecom_agent_id,
            settings.wecom_secret.get_secret_value(),
        ),
        lambda receiver: routes(
            receiver, token.get_secret_value(), aes_key.get_secret_value(), settings.wecom_corp_id
        ),
    )
