"""The service: what the channels hand their messages to, and what calls it when a time comes."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

from bot.channels.receiver import Unavailable
from handlers import dispatch
from handlers.message import Incoming, Reply
from storage.book import Book, Shelf
from storage.database import Database, Moment
from storage.session import ReadSession, WriteSession

log = logging.getLogger("xiaoge.service")

ANSWER_WITHIN = 4.0  # seconds; then the reply goes to the outbox …
COMMIT_WITHIN = 4.8  # … and if not even the commit is there, the platform shall deliver again
PATIENCE = 0.5  # seconds that what can wait lets people go first who wait for an answer …
GLANCE = 0.01  # … looking so often whether they are gone …
LULL = 0.005  # … and the next one is not just coming


class Waiting:
    """Whether the person still waits: one of the two sides gets the answer, never both."""

    __slots__ = ("_lock", "_whose")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._whose: Literal["nobody", "request", "outbox"] = "nobody"

    def take_answer(self) -> bool:
        """The writer's side, in its last step before the commit; the same again if that step has
        to be worked again."""
        return self._take("request") == "request"

    def abandon(self) -> None:
        """The event loop's side, when the time is over."""
        self._take("outbox")

    def _take(self, whose: Literal["request", "outbox"]) -> str:
        with self._lock:
            if self._whose == "nobody":
                self._whose = whose
            return self._whose


class Service:
    """Messages in, answers out. `stirred` is called when there may be something to send."""

    def __init__(self, database: Database, stirred: Callable[[], None] = lambda: None) -> None:
        self.database = database
        self.shelf = Shelf()
        self.stirred = stirred
        self.under_way = 0  # messages that somebody waits for an answer to
        self.answered_at = -LULL  # monotonic seconds
        self._asked: dict[str, asyncio.Task[Reply | None]] = {}

    async def receive(self, incoming: Incoming) -> Reply | None:
        """One message, from its row to its answer. Returning means that it is committed.

        Raises Unavailable if it is not, so that the platform delivers it again.
        """
        waiting = Waiting()
        self.under_way += 1
        timer = asyncio.get_running_loop().call_later(ANSWER_WITHIN, waiting.abandon)
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                if dispatch.only_reads(incoming):
                    reply = await asyncio.shield(self._asking(incoming, waiting))
                else:
                    reply = await self._take(incoming, waiting)
        except Exception as error:
            log.error("a message was not stored: %s", type(error).__name__)
            raise Unavailable from error
        finally:
            timer.cancel()
            self.under_way -= 1
            self.answered_at = time.monotonic()
        self.stirred()
        return reply

    async def give_way(self, patience: float = PATIENCE) -> None:
        """Those who wait for an answer go before what can wait, but not for ever: seconds."""
        until = time.monotonic() + patience
        while self._in_demand() and time.monotonic() < until:
            await asyncio.sleep(GLANCE)

    def _in_demand(self) -> bool:
        return self.under_way > 0 or time.monotonic() - self.answered_at < LULL

    async def _take(
        self, incoming: Incoming, waiting: Waiting, prepared: Reply | None = None
    ) -> Reply | None:
        def work(session: WriteSession, begun: Moment) -> Reply | None:
            book = self.shelf.book(session, begun.revision)
            return dispatch.handle(session, begun, book, incoming, waiting, prepared)

        return await self.database.awrite(incoming.person, work)

    def _asking(self, incoming: Incoming, waiting: Waiting) -> asyncio.Task[Reply | None]:
        """A question's work. It goes on to its end when the platform has given up, and a second
        delivery meanwhile waits for the first one's: the answer is then in the outbox."""
        key = incoming.key
        if key not in self._asked:
            task = asyncio.create_task(self._ask(incoming, waiting))
            self._asked[key] = task
            task.add_done_callback(lambda _: self._asked.pop(key))
        return self._asked[key]

    async def _ask(self, incoming: Incoming, waiting: Waiting) -> Reply | None:
        """The answer to a question that only reads, from a read session: never in the writer's way."""

        def ask(session: ReadSession, begun: Moment) -> Reply:
            return dispatch.answer_reading(session, begun, self.book(session, begun), incoming)

        prepared = await self.database.aread(ask)
        reply = await self._take(incoming, waiting, prepared)
        self.stirred()
        return reply

    def book(self, session: ReadSession, begun: Moment) -> Book:
        return self.shelf.book(session, begun.revision)
