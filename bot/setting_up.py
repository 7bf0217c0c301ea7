"""`xiaoge wechat setup`: what differs is shown, asked about, and put right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.channels.wechat.channel import account
from bot.channels.wechat.setup import CODED, Setup, SetupFailed
from bot.pages.routes import poster_link
from bot.settings import Settings, WrongSettings
from casework.town import Town
from storage.book import Shelf
from storage.database import Database


def set_up(
    settings: Settings,
    database: Database,
    agreed: Callable[[], bool],
    show: Callable[[str], None],
) -> None:
    """Raises WrongSettings with what the platform does not like."""
    town = the_town(database)
    try:
        asyncio.run(_set_up(settings, database, town, agreed, show))
    except SetupFailed as failed:
        raise WrongSettings(f"{failed}\n运行 xiaoge doctor 看看缺什么。") from None
    if settings.pages:
        show("海报（打印出来贴在村里）：")
        for unit in town.units.values():
            if unit.level in CODED:
                show(f"  {town.full_name(unit.id)}  {poster_link(settings, unit.id)}")


def the_town(database: Database) -> Town:
    with database.reading() as (session, begun):
        return Shelf().book(session, begun.revision).town


async def _set_up(
    settings: Settings,
    database: Database,
    town: Town,
    agreed: Callable[[], bool],
    show: Callable[[str], None],
) -> None:
    sender = account(settings, database)
    try:
        changes = await Setup(settings, database, sender.api, town).changes()
        if not changes:
            show("公众号已经是这样，没有要改的。")
            return
        for change in changes:
            show(f"  {change.text}")
        if not agreed():
            return
        for change in changes:
            await change.apply()
        show(f"改好了：{len(changes)}项。")
    finally:
        await sender.aclose()
