"""The service: what the channels hand their messages to, and what calls it when a time comes."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from bot.channels.receiver import Unavailable
from handlers import dispatch
from handlers.message import Incoming, Reply
from storage.book import Book, Shelf
from storage.database import Database, Moment
from storage.session import ReadSession, WriteSession

log = logging.getLogger("xiaoge.service")

ANSWER_WITHIN = 4.0  # seconds; then the reply goes to the outbox …
COMMIT_WITHIN = 4.8  # … and if not even the commit is there, the platform shall deliver again


class Waiting:
    """Whether the person still waits: one of the two sides gets the answer, never both."""

    __slots__ = ("_lock", "_open")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = True

    def take_answer(self) -> bool:
        """The writer's side, in its last step before the commit."""
        return self._close()

    def abandon(self) -> None:
        """The event loop's side, when the time is over."""
        self._close()

    def _close(self) -> bool:
        with self._lock:
            was, self._open = self._open, False
            return was


class Service:
    """Messages in, answers out. `stirred` is called when there may be something to send."""

    def __init__(self, database: Database, stirred: Callable[[], None] = lambda: None) -> None:
        self.database = database
        self.shelf = Shelf()
        self.stirred = stirred

    async def receive(self, incoming: Incoming) -> Reply | None:
        """One message, from its row to its answer. Returning means that it is committed.

        Raises Unavailable if it is not, so that the platform delivers it again.
        """
        prepared = await self._prepared(incoming)
        waiting = Waiting()

        def work(session: WriteSession, begun: Moment) -> Reply | None:
            book = self.shelf.book(session, begun.revision)
            return dispatch.handle(session, begun, book, incoming, waiting, prepared)

        loop = asyncio.get_running_loop()
        timer = loop.call_later(ANSWER_WITHIN, waiting.abandon)
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                reply = await self.database.awrite(incoming.person, work)
        except Exception as error:
            log.error("a message was not stored: %s", type(error).__name__)
            raise Unavailable from error
        finally:
            timer.cancel()
        self.stirred()
        return reply

    async def _prepared(self, incoming: Incoming) -> Reply | None:
        """The answer to a question that only reads, from a read session: never in the writer's way."""
        if not dispatch.only_reads(incoming):
            return None

        def ask(session: ReadSession, begun: Moment) -> Reply:
            return dispatch.answer_reading(session, begun, self.book(session, begun), incoming)

        return await self.database.aread(ask)

    def book(self, session: ReadSession, begun: Moment) -> Book:
        return self.shelf.book(session, begun.revision)
