"""公众号 as a channel."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.wechat.ladder import Ladder, Templates
from bot.channels.wechat.routes import routes
from bot.channels.wechat.send import WechatSender
from bot.settings import Settings
from bot.tokens import SharedTokens
from storage.database import Database


def account(settings: Settings, database: Database) -> WechatSender:
    """The account's interfaces."""
    return WechatSender(
        settings.wechat_api_base,
        settings.wechat_app_id,
        settings.wechat_app_secret.get_secret_value(),
        tokens=SharedTokens(database),
        proxy=settings.proxy,
    )


def channel(settings: Settings, database: Database) -> Channel:
    token, aes_key = settings.wechat_token, settings.wechat_aes_key
    subscription = settings.wechat_subscription
    return Channel(
        "wechat",
        Ladder(
            database,
            account(settings, database),
            Templates(subscription, settings.wechat_template, settings.public_url),
        ),
        lambda receiver: routes(
            receiver,
            token.get_secret_value(),
            aes_key.get_secret_value(),
            settings.wechat_app_id,
            subscription,
        ),
    )
