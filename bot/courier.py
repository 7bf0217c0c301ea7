"""The courier: sends the outbox through the channels, within their limits.

Claims the next letters, works each line (one recipient, one priority) in order and the lines side
by side, and writes down at once what became of each. A letter that waits for its retry holds up
only its own line. What was claimed by a process that died is free again when its lease is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot import media
from bot.channels.api import Media
from bot.channels.outcome import Outcome
from bot.channels.sending import FetchFailed
from handlers.message import Button, Outgoing
from handlers.timed.letters import undelivered
from storage import sending
from storage.book import Shelf
from storage.database import Database, Moment
from storage.sending import Claimed
from storage.session import WriteSession

log = logging.getLogger("xiaoge.courier")

IDLE = 1.0  # seconds between two looks when nobody stirred
PAUSE = 0.05  # … and at least, so that a busy hour does not become a busy loop
BACK_OFF = (5, 30, 120, 600, 3600)  # seconds, after the first, second … failure
ATTEMPTS = 12


class Sender(Protocol):
    """A channel's way out."""

    async def send(self, message: Outgoing, delivered: int = 0) -> Outcome: ...

    async def fetch(self, media_id: str) -> Media: ...


class Courier:
    """`senders` by channel and account; (channel, "") serves every account of a channel."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        senders: Mapping[tuple[str, str], Sender],
        media_dir: Path,
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.senders = senders
        self.media_dir = media_dir
        self._stirred = asyncio.Event()
        self._stopped = False

    def stir(self) -> None:
        """There may be something to send."""
        self._stirred.set()

    def stop(self) -> None:
        self._stopped = True
        self._stirred.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopped:
            try:
                worked = await self.round()
            except Exception:
                log.exception("a round failed")
                worked = 0
            if not worked:
                await self._wait()
            await asyncio.sleep(PAUSE)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stirred.wait(), IDLE)
        except TimeoutError:
            return
        finally:
            self._stirred.clear()

    async def round(self) -> int:
        """Send what can be sent now, a slice of it; says how many letters were tried."""
        claimed = await self._write(
            lambda session, begun: sending.claim(session, begun.now, begun.wall)
        )
        lines: dict[Any, list[Claimed]] = {}
        for letter in claimed:
            lines.setdefault(letter.line, []).append(letter)
        await asyncio.gather(*(self._line(line) for line in lines.values()))
        return len(claimed)

    async def _line(self, letters: list[Claimed]) -> None:
        """One after the other; what comes after one that must wait is released."""
        for index, letter in enumerate(letters):
            outcome = (
                await self._fetch(letter) if letter.task == "fetch" else await self._send(letter)
            )
            await self._write(
                lambda session, begun, each=letter, was=outcome: self._mark(
                    session, begun, each, was
                )
            )
            if (
                outcome.state in ("retry", "limited") and outcome.wait is not None
            ) or outcome.state == "retry":
                rest = [each.id for each in letters[index + 1 :]]
                await self._write(
                    lambda session, _, ids=rest: [sending.release(session, each) for each in ids]
                )
                return

    async def _send(self, letter: Claimed) -> Outcome:
        sender = self._sender(letter)
        if sender is None:
            return Outcome(
                "limited", reason=f"no way out for {letter.channel}", wait=600, operator=True
            )
        buttons = tuple(Button(*each) for each in letter.more.get("buttons", ()))
        message = Outgoing(
            channel=letter.channel,  # type: ignore[arg-type]
            account=letter.account,
            recipient=letter.recipient,
            key=letter.key,
            text=letter.text,
            buttons=buttons,
        )
        try:
            return await sender.send(message, letter.delivered)
        except Exception as error:
            log.exception("letter %s", letter.id)
            return Outcome("retry", reason=type(error).__name__)

    async def _fetch(self, letter: Claimed) -> Outcome:
        sender = self._sender(letter)
        if sender is None:
            return Outcome("refused", reason=f"no way in for {letter.channel}")
        try:
            found = await sender.fetch(letter.text)
        except FetchFailed as failed:
            return failed.outcome
        attachment = int(letter.more["attachment"])
        path = await asyncio.to_thread(media.keep, self.media_dir, attachment, found)
        size = len(found.content)
        await self._write(lambda session, _: sending.fetched(session, attachment, path, size))
        return Outcome("sent")

    def _sender(self, letter: Claimed) -> Sender | None:
        exact = self.senders.get((letter.channel, letter.account))
        return exact or self.senders.get((letter.channel, ""))

    def _mark(
        self, session: WriteSession, begun: Moment, letter: Claimed, outcome: Outcome
    ) -> None:
        """Write down what became of a letter."""
        if outcome.state == "sent":
            sending.sent(session, letter.id, begun.now)
        elif (outcome.state == "limited" and outcome.wait is None) or outcome.state == "unknown":
            # 48 hours are over, or nobody knows whether it arrived: told with the next word
            reason = outcome.reason if outcome.state == "limited" else f"unknown: {outcome.reason}"
            sending.give_up(session, letter, "held", outcome.code, reason)
        elif outcome.state in ("retry", "limited") and letter.attempts + 1 < ATTEMPTS:
            wait = outcome.wait or BACK_OFF[min(letter.attempts, len(BACK_OFF) - 1)]
            at = datetime.now(UTC) + timedelta(seconds=wait)
            sending.again(session, letter, at, outcome.code, outcome.reason, outcome.delivered)
        else:
            self._refused(session, begun, letter, outcome)

    def _refused(
        self, session: WriteSession, begun: Moment, letter: Claimed, outcome: Outcome
    ) -> None:
        sending.give_up(session, letter, "refused", outcome.code, outcome.reason)
        if letter.task == "fetch":
            sending.lost(session, int(letter.more["attachment"]))
            return
        undelivered(session, begun, self.shelf.book(session, begun.revision), letter)

    async def _write(self, work: Any) -> Any:
        return await self.database.awrite("outbox", work, background=True)
