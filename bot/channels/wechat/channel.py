"""公众号 as a channel."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.wechat.routes import routes
from bot.channels.wechat.send import WechatSender
from bot.settings import Settings


def channel(settings: Settings) -> Channel:
    token, aes_key = settings.wechat_token, settings.wechat_aes_key
    return Channel(
        "wechat",
        WechatSender(
            settings.wechat_api_base,
            settings.wechat_app_id,
            settings.wechat_app_secret.get_secret_value(),
        ),
        lambda receiver: routes(
            receiver, token.get_secret_value(), aes_key.get_secret_value(), settings.wechat_app_id
        ),
    )
