"""The intake as a channel."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.intake.desk import Desk
from bot.channels.intake.routes import routes
from bot.channels.intake.send import WebhookSender
from bot.settings import Settings
from storage.book import Shelf
from storage.database import Database


def channel(settings: Settings, database: Database, shelf: Shelf) -> Channel:
    desk = Desk(database, shelf)
    sender = WebhookSender(desk.partner, settings.secret_key.get_secret_value())
    return Channel("intake", sender, lambda receiver: routes(receiver, desk, settings.public_url))
