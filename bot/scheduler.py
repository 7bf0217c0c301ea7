"""What happens by itself: APScheduler calls a handful of functions; what is due stands in rows.

Each worker of a cluster runs all of them: the sweep and what comes again take rows that nobody else
holds, so that each happens once, and replicas share the work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.keeping import Keeping
from bot.service import Service
from casework.calendar import SHANGHAI
from handlers import dispatch
from handlers.timed import alike, clocks, daily, letters, rhythm
from storage import audit, incoming
from storage.database import Moment
from storage.session import ReadSession, WriteSession

log = logging.getLogger("xiaoge.scheduler")

SWEEP_SECONDS = 5
COMPARED_WITHIN = 5.0  # seconds; so long new cases wait for a lull before they are compared


class Timed:
    """The functions that a time calls."""

    def __init__(self, service: Service, keeping: Keeping | None = None) -> None:
        self.service = service
        self.database = service.database
        self.known: date | None = None  # the calendar's last certain day, when times were reckoned
        self.share = f"sweep:{uuid4()}"  # each replica sweeps for itself: row locks share the work
        self.keeping = keeping

    async def sweep(self) -> int:
        """Work all clocks that are due, slice by slice; says how many."""
        total = 0
        while True:
            worked = await self.database.awrite(self.share, self._slice, background=True)
            total += worked
            if worked < clocks.SLICE:
                if total:
                    self.service.stirred()
                return total

    async def retry(self) -> None:
        """Try messages again whose handler failed."""
        for row in await self.database.aread(
            lambda session, begun: incoming.to_retry(session, begun.wall)
        ):

            def again(session: WriteSession, begun: Moment, message: int = row.id or 0) -> None:
                found = incoming.failed(session, message, begun.wall)
                if found is not None:
                    dispatch.retry(session, begun, self.service.book(session, begun), found)

            await self.database.awrite(row.person, again, background=True)
            self.service.stirred()

    async def compare(self) -> None:
        """Compare new cases with the open ones: on a read session; what is found is written in
        slices, between what people wait for."""
        while True:
            await self.service.give_way(COMPARED_WITHIN)
            found = await self.database.aread(self._alike)
            if found is None:
                return

            def tell(session: WriteSession, begun: Moment, found: alike.Found = found) -> None:
                alike.tell(session, begun, self.service.book(session, begun), found)

            await self.database.awrite("compare", tell, background=True)
            self.service.stirred()

    async def seal(self) -> None:
        """Seal the audit trail."""
        await self.database.awrite(
            "audit", lambda session, begun: audit.seal(session, begun.now), background=True
        )

    async def beat(self) -> None:
        """Work what comes again and is due, slice by slice; reckon provisional times anew when the
        calendar has become known."""
        while await self.database.awrite("rhythm", self._beat, background=True):
            self.service.stirred()
        await self._reckon()

    async def phone(self) -> None:
        """What matters and reached nobody for a day is told by phone."""

        def work(session: WriteSession, begun: Moment) -> int:
            return letters.phone(session, begun, self.service.book(session, begun))

        while await self.database.awrite("outbox", work, background=True):
            self.service.stirred()

    def _beat(self, session: WriteSession, begun: Moment) -> bool:
        return rhythm.beat(session, begun, self.service.book(session, begun))

    async def _reckon(self) -> None:
        def work(session: WriteSession, begun: Moment, after: int) -> int | None:
            book = self.service.book(session, begun)
            if after == 0 and book.calendar.last == self.known:
                return None
            following = daily.reckon(session, book.calendar, after)
            if following is None:
                self.known = book.calendar.last
            return following

        at: int | None = 0
        while at is not None:
            at = await self.database.awrite("rhythm", partial(work, after=at), background=True)

    async def tidy(self) -> None:
        """Media whose time is over go."""
        if self.keeping is not None:
            await self.keeping.tidy()

    def _alike(self, session: ReadSession, begun: Moment) -> alike.Found | None:
        return alike.look(session, begun, self.service.book(session, begun))

    def _slice(self, session: WriteSession, begun: Moment) -> int:
        return clocks.sweep(session, begun, self.service.book(session, begun))


def start(timed: Timed) -> AsyncIOScheduler:
    """The in-process clock. Missed turns are made up for, several at once count as one."""
    scheduler = AsyncIOScheduler(
        timezone=SHANGHAI,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_job(
        _guarded(timed.sweep), "interval", seconds=SWEEP_SECONDS, next_run_time=_now()
    )
    scheduler.add_job(_guarded(timed.compare), "interval", seconds=10)
    scheduler.add_job(_guarded(timed.retry), "interval", seconds=10)
    scheduler.add_job(_guarded(timed.seal), "interval", seconds=60)
    scheduler.add_job(_guarded(timed.beat), "interval", seconds=30, next_run_time=_now())
    scheduler.add_job(_guarded(timed.phone), "interval", minutes=10)
    scheduler.add_job(_guarded(timed.tidy), "interval", hours=6)
    scheduler.start()
    return scheduler


def _guarded(job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """One failure is logged and does not end the job."""

    async def run() -> None:
        try:
            await job()
        except asyncio.CancelledError:
            return  # the service stops: what was under way stands in rows, and is done again
        except Exception:
            log.exception("a periodic job failed")

    return run


def _now() -> datetime:
    return datetime.now(SHANGHAI)
