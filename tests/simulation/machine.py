"""The service as it runs: two replicas on one database, and a clock that only the world moves.

Everything is the real thing but the time and the phones. `pulse` is what the scheduler does when a
moment has come: one of the replicas sweeps, or both at once, sharing what is due as the database lets them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from random import Random
from typing import Final, TypeVar
from unittest.mock import patch

import bot.courier
import storage.database
from bot.channels.api import Media
from bot.channels.contract import Capabilities
from bot.channels.outcome import SENT, Outcome
from bot.channels.receiver import Unavailable
from bot.channels.sending import Arrived, untold
from bot.courier import Courier
from bot.scheduler import Timed
from bot.service import Service
from casework.calendar import SHANGHAI
from handlers.message import Incoming, Outgoing, Reply
from handlers.timed import clocks as sweeping
from storage import town
from storage.book import Book, Shelf
from storage.columns import moment
from storage.database import Database, Moment
from storage.session import ReadSession, WriteSession

T = TypeVar("T")

DELIVERIES: Final = 10
MILLISECOND: Final = timedelta(milliseconds=1)
DUE: Final = (
    "SELECT (SELECT min(next_at) FROM clock WHERE next_at IS NOT NULL), "
    "(SELECT min(not_before) FROM outbox WHERE state = 'quiet'), (SELECT min(next_at) FROM rhythm)"
)
_begin = storage.database.begin


class PowerCut(Exception):
    """Everything was done, and nothing was committed."""


class Clock:
    """The real time, for all replicas; the town's own is ahead of it by what the row says."""

    def __init__(self, start: datetime) -> None:
        self.wall = start.astimezone(UTC)

    @contextmanager
    def instead_of_time(self) -> Iterator[None]:
        """Every transaction begins, and every letter is marked, at this clock's time."""
        clock = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return clock.wall.astimezone(tz)

        def begin(session: ReadSession) -> Moment:
            begun = _begin(session)
            return Moment(self.wall, self.wall + (begun.now - begun.wall), begun.revision)

        with (
            patch.object(storage.database, "begin", begin),
            patch.object(bot.courier, "datetime", Told),
        ):
            yield


class Phones:
    """A channel's way out: what arrives is counted by its key. Now and then it is out of order."""

    def __init__(self, rng: Random, trouble: float, gathers: bool) -> None:
        self.capabilities = Capabilities(
            gathers=gathers, drops_repetition=gathers, returns=not gathers, traced=not gathers
        )
        self.rng = rng
        self.trouble = trouble
        self.down = False
        self.arrived: Counter[str] = Counter()

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        if self.down:
            return Outcome("retry", reason="not reached", asked=False)
        if self.rng.random() < self.trouble:
            return Outcome("retry", code=-1, reason="system busy")
        self.arrived[message.key] += 1
        return SENT

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        return SENT

    async def fetch(self, media_id: str) -> Media:
        raise NotImplementedError("nobody sends pictures here")

    async def aclose(self) -> None:
        return


@dataclass
class Replica:
    """One process on the database."""

    database: Database
    service: Service
    timed: Timed
    courier: Courier


async def _delivered(replica: Replica, incoming: Incoming) -> Reply | None:
    """A message comes; and again, as the platform does it, where a busy machine did not commit in
    time."""
    for _ in range(DELIVERIES):
        with suppress(Unavailable):
            return await replica.service.receive(incoming)
    raise Unavailable


class Machine:
    """The replicas, and what happens to them."""

    def __init__(
        self, open_database: Callable[[], Database], start: datetime, rng: Random, trouble: float
    ) -> None:
        self.open_database = open_database
        self.clock = Clock(start)
        self.offset = timedelta()
        self.rng = rng
        self.phones = {
            ("wecom", ""): Phones(rng, trouble, gathers=True),
            ("wechat", ""): Phones(rng, trouble, gathers=False),
        }
        self.shelf = Shelf()
        self.comes_again: datetime | None = None  # when `next_moment` was asked
        self.replicas = [self._replica(), self._replica()]
        # how often both look at the same moment; on SQLite one waits for the other's lock
        self.crowd = 0.05 if self.replicas[0].database.sqlite else 0.5
        self.looking = self.replicas[0].database.read_engine.connect()

    def _replica(self) -> Replica:
        database = self.open_database()
        service = Service(database)
        service.shelf = self.shelf  # a process has its own; one here saves building each book twice
        courier = Courier(database, self.shelf, self.phones, Path())
        return Replica(database, service, Timed(service), courier)

    # --- time ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The town's time."""
        return (self.clock.wall + self.offset).astimezone(SHANGHAI)

    def until(self, moment: datetime) -> None:
        """Time goes by; never backwards."""
        self.clock.wall = max(self.clock.wall, moment - self.offset)

    def set_back(self, by: timedelta) -> None:
        """The machine's clock went wrong and is put right."""
        self.clock.wall -= by

    async def advance(self, by: timedelta) -> None:
        """The town's clock is moved."""

        def move(session: WriteSession, _: Moment) -> None:
            town.advance(session, by // MILLISECOND)

        await self.any().database.awrite("clock", move)
        self.offset += by

    # --- what comes in, and what comes by itself -------------------------------------------

    async def tell(self, incoming: Incoming, twice: bool = False) -> Reply | None:
        """A message comes to one of the replicas; or to both, for the platform was impatient."""
        one, other = self.rng.sample(self.replicas, 2)
        if not twice:
            return await _delivered(one, incoming)
        replies = await asyncio.gather(_delivered(one, incoming), _delivered(other, incoming))
        return next((reply for reply in replies if reply is not None), None)

    async def pulse(self) -> int:
        """What is due happens; says how many clocks were worked."""
        at_once = self.rng.random() < self.crowd
        there = self.replicas if at_once else [self.any()]
        worked = await asyncio.gather(*(each.timed.sweep() for each in there))
        if self.comes_again is None or self.comes_again <= self.now:
            await asyncio.gather(*(each.timed.beat() for each in there))
        return sum(worked)

    async def deliver(self) -> None:
        """What can be sent goes out."""
        while await self.any().courier.round():
            pass

    async def compare(self) -> None:
        """New cases are held against the open ones."""
        await self.any().timed.compare()

    async def look_after(self) -> None:
        """What failed is tried again; what reached nobody is told by phone."""
        await self.any().timed.retry()
        await self.any().timed.phone()

    def next_moment(self) -> datetime | None:
        """When something is due by itself, as `storage.clocks.next_moment` says; asked so often that
        it has a connection of its own."""
        found = self.looking.exec_driver_sql(DUE).one()
        self.looking.rollback()
        moments = [each and moment(each).astimezone(SHANGHAI) for each in found]
        self.comes_again = moments[-1]
        return min(filter(None, moments), default=None)

    # --- what goes wrong ---------------------------------------------------------------------

    async def power_cut(self) -> None:
        """A slice of what is due is worked, and lost before it is committed."""
        replica = self.any()

        def lose(session: WriteSession, begun: Moment) -> None:
            sweeping.sweep(session, begun, replica.service.book(session, begun))
            raise PowerCut

        try:
            await replica.database.awrite(replica.timed.share, lose, background=True)
        except PowerCut:
            self.restart()

    def restart(self) -> None:
        """One of the replicas ends and begins anew; what it held in memory is gone."""
        index = self.rng.randrange(len(self.replicas))
        self.looking.close()
        self.replicas[index].database.close()
        self.shelf = Shelf()
        self.replicas[index] = self._replica()
        self.looking = self.replicas[0].database.read_engine.connect()

    def close(self) -> None:
        self.looking.close()
        for replica in self.replicas:
            replica.database.close()

    # --- looking -------------------------------------------------------------------------------

    def any(self) -> Replica:
        return self.rng.choice(self.replicas)

    def ask(self, question: Callable[[ReadSession, Moment], T]) -> T:
        with self.replicas[0].database.reading() as (session, begun):
            return question(session, begun)

    @property
    def book(self) -> Book:
        return self.ask(lambda session, begun: self.shelf.book(session, begun.revision))
