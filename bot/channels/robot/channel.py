"""群机器人 as a channel: a way out, and no way in."""

from __future__ import annotations

from bot.channels.contract import Channel
from bot.channels.robot.send import RobotSender
from bot.settings import Settings
from storage.book import Shelf
from storage.database import Database


def channel(settings: Settings, database: Database, shelf: Shelf) -> Channel:
    sender = RobotSender(settings.wecom_api_base, database, shelf, proxy=settings.proxy)
    return Channel("robot", sender)
