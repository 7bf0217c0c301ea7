"""Access tokens in the database: replicas share them, and one at a time asks for a new one."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.channels.api import Ask, NotSent
from storage import platform
from storage.database import Database

GLANCE = 0.2  # seconds between two looks while another replica asks …
PATIENCE = platform.LEASE.total_seconds() + 1  # … until its lease must be over


class SharedTokens:
    """`bot.channels.api.Tokens` on a row for each account."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def get(self, name: str, refused: str, ask: Ask) -> tuple[str, float]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            turn = await self.database.awrite(
                f"token:{name}",
                lambda session, begun: platform.token_turn(session, name, refused, begun.wall),
            )
            if turn.what == "use":
                return turn.token, (turn.good_until - datetime.now(UTC)).total_seconds()
            if turn.what == "fetch":
                return await self._fetch(name, ask, turn.force)
            await asyncio.sleep(GLANCE)
        raise NotSent("another replica asks for an access token, and gets none")

    async def _fetch(self, name: str, ask: Ask, force: bool) -> tuple[str, float]:
        try:
            token, good_for = await ask(force)
        except BaseException:
            await self.database.awrite(
                f"token:{name}", lambda session, _: platform.no_token(session, name)
            )
            raise
        good_until = datetime.now(UTC) + timedelta(seconds=good_for)
        await self.database.awrite(
            f"token:{name}",
            lambda session, _: platform.keep_token(session, name, token, good_until),
        )
        return token, good_for
