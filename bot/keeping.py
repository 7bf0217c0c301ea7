"""How long media are kept, and how many: files go first, then the rows say so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot import media
from handlers.timed.media import too_many
from storage import media as rows
from storage.book import Shelf
from storage.database import Database
from storage.message import AttachmentRow

log = logging.getLogger("xiaoge.keeping")


@dataclass(frozen=True, slots=True)
class Keeping:
    """The folder, how many megabytes it may hold, and for how many days after its case was settled
    a medium stays."""

    database: Database
    shelf: Shelf
    folder: Path
    limit: int
    days: int

    async def tidy(self) -> int:
        """Remove what is over, then the oldest of settled cases if there is still too much; says how
        many. What open cases hold is never removed: if that is too much, an admin hears of it."""
        now = (await self.database.aread(lambda _, begun: begun)).now
        removed = 0
        while over := await self._old(now - timedelta(days=self.days)):
            removed += await self._remove(over, "its time is over")
        while await self.database.aread(lambda session, _: rows.total(session)) > self._bytes:
            over = await self._old(now)
            if not over:
                await self.database.awrite(
                    "media",
                    lambda session, begun: too_many(
                        session, begun, self.shelf.book(session, begun.revision), self.limit
                    ),
                )
                break
            removed += await self._remove(over[:20], "the folder was full")
        return removed

    @property
    def _bytes(self) -> int:
        return self.limit * media.MEGABYTE

    async def _old(self, before: datetime) -> Sequence[AttachmentRow]:
        return await self.database.aread(lambda session, _: rows.old(session, before))

    async def _remove(self, over: Sequence[AttachmentRow], reason: str) -> int:
        paths = [path for row in over for path in (row.path, row.thumbnail)]
        numbers = [row.id for row in over if row.id is not None]
        await asyncio.to_thread(media.remove, self.folder, paths)
        await self.database.awrite(
            "media", lambda session, _: rows.removed(session, numbers, reason), background=True
        )
        log.info("%d media removed: %s", len(over), reason)
        return len(over)
