"""企业微信 as a channel."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.wecom.routes import routes
from bot.channels.wecom.send import WecomSender
from bot.settings import Settings
from bot.tokens import SharedTokens
from storage.database import Database


def app(settings: Settings, database: Database) -> WecomSender:
    """The app's interfaces."""
    return WecomSender(
        settings.wecom_api_base,
        settings.wecom_corp_id,
        settings.wecom_agent_id,
        settings.wecom_secret.get_secret_value(),
        tokens=SharedTokens(database),
        proxy=settings.proxy,
        accounts=settings.wecom_accounts,
    )


def channel(settings: Settings, database: Database) -> Channel:
    token, aes_key = settings.wecom_token, settings.wecom_aes_key
    return Channel(
        "wecom",
        app(settings, database),
        lambda receiver: routes(
            receiver, token.get_secret_value(), aes_key.get_secret_value(), settings.wecom_corp_id
        ),
    )
