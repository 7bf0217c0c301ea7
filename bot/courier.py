"""The courier: sends the outbox through the channels, within their limits.

Claims the next letters, works each line (one recipient, one priority) in order and the lines side
by side, and writes down at once what became of each. A letter that waits for its retry, or for a
platform that does not answer, holds up only its own line. What is on its way for long keeps its
lease; what was claimed by a process that died is free again when it is over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot import media, parcels, sheets
from bot.channels.contract import Changing, Sender
from bot.channels.outcome import Outcome
from bot.channels.sending import SETS_OUT_WITHIN, FetchFailed
from handlers import panels
from handlers.message import Button, Outgoing
from handlers.staff import tables
from handlers.timed import letters as mail
from handlers.timed.late import timely
from handlers.timed.media import arrived
from storage import media as media_rows
from storage import panels as store
from storage import sending
from storage.book import Shelf
from storage.database import Database, Moment
from storage.message import AttachmentRow
from storage.outbox import PRIORITY, channel_of
from storage.reach import CUSTOMER, Attempt
from storage.sending import Claimed, Parcel, Way
from storage.session import ReadSession, WriteSession

log = logging.getLogger("xiaoge.courier")

IDLE = 1.0  # seconds between two looks when nobody stirred
PAUSE = 0.05  # … and at least, so that a busy hour does not become a busy loop
BACK_OFF = (5, 60, 900)  # seconds, after the first, second … time that the platform was busy …
ATTEMPTS = 4  # … of so many in all
OFFLINE = (5, 30, 120, 600, 3600)  # the same where it was not even reached …
OFFLINE_ATTEMPTS = 12
CHANGES = 3  # attempts to change what stands on a phone: it can be done without
LINES = 8  # worked at the same time for each channel; more wait
RENEWED = sending.LEASE.total_seconds() / 2  # seconds on its way after which a lease is renewed
WITHIN = 300.0  # seconds; a sender's own limits, whatever it carries, are far below
GRACE = 8.0  # seconds that what is on its way has when the service stops

Line = str


async def _at_once() -> None:
    """Nobody is there to give way to."""


class Courier:
    """`senders` by channel and account; (channel, "") serves every account of a channel."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        senders: Mapping[tuple[str, str], Sender],
        media_dir: Path,
        give_way: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.senders = senders
        self.media_dir = media_dir
        self.give_way = give_way
        self._gate = asyncio.Lock()
        self._looking = asyncio.Lock()  # at one medium at a time: a picture may need much memory
        self._lines: dict[Line, asyncio.Task[None]] = {}
        self._under_way: dict[int, float] = {}  # since when a letter has its lease
        self._stirred = asyncio.Event()
        self._ways = {name: parcels.way(each.capabilities) for (name, _), each in senders.items()}
        self._stopped = False

    def stir(self) -> None:
        """There may be something to send."""
        self._stirred.set()

    def stop(self) -> None:
        self._stopped = True
        self._stirred.set()

    async def run(self) -> None:
        """Work until stopped; what is on its way then may arrive."""
        while not self._stopped:
            try:
                begun = await self._begin()
            except Exception:
                log.exception("letters could not be claimed")
                begun = 0
            if not begun:
                await self._wait()
            await asyncio.sleep(PAUSE)
        if self._lines:
            _, late = await asyncio.wait(self._lines.values(), timeout=GRACE)
            for line in late:
                line.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stirred.wait(), IDLE)
        except TimeoutError:
            return
        finally:
            self._stirred.clear()

    async def round(self) -> int:
        """Send what can be sent now, a slice of it, to its end; says how many letters were tried."""
        begun = await self._begin()
        if self._lines:
            await asyncio.wait(self._lines.values())
        return begun

    async def _begin(self) -> int:
        """Claim the next letters and set out with them; says how many."""
        await self._renew()
        ways = self._free_ways()
        if not ways:
            return 0
        claimed = await self._write(partial(self._claim, ways=ways))
        lines: dict[Line, list[Parcel]] = {}
        behind: list[int] = []  # a letter before them, whose lease was over, is still on its way
        for parcel in claimed:
            if parcel.line not in self._lines:
                lines.setdefault(parcel.line, []).append(parcel)
            elif self._under_way.keys().isdisjoint(parcel.ids):
                behind += parcel.ids
        await self._release(behind)
        for line, waiting in lines.items():
            ours = [each for parcel in waiting for each in parcel.ids]
            self._under_way |= dict.fromkeys(ours, time.monotonic())
            self._lines[line] = asyncio.create_task(self._line(line, waiting))
        return sum(len(parcel.ids) for waiting in lines.values() for parcel in waiting)

    async def _renew(self) -> None:
        """What is on its way for long stays ours."""
        now = time.monotonic()
        long = [letter for letter, since in self._under_way.items() if now - since >= RENEWED]
        if long:
            await self._write(lambda session, begun: sending.renew(session, long, begun.wall))
            self._under_way |= dict.fromkeys(self._under_way.keys() & set(long), now)

    def _claim(self, session: WriteSession, begun: Moment, ways: Mapping[str, Way]) -> list[Parcel]:
        """The next letters; of those that come late, what is still to be told, and now."""
        parcels = sending.claim(session, begun.now, begun.wall, ways)
        return timely(session, begun, lambda: self.shelf.book(session, begun.revision), parcels)

    def _free_ways(self) -> dict[str, Way]:
        """But of channels with as many lines on their way as may be: no other waits for them."""
        at_work = Counter(channel_of(line) for line in self._lines)
        return {channel: way for channel, way in self._ways.items() if at_work[channel] < LINES}

    async def _line(self, line: Line, waiting: list[Parcel]) -> None:
        try:
            await self._in_order(waiting)
        except Exception:
            log.exception("a line broke off; its letters are free when their lease is over")
        finally:
            del self._lines[line]
            for each in (letter for parcel in waiting for letter in parcel.ids):
                self._under_way.pop(each, None)
            self.stir()  # more may wait in the same line

    async def _in_order(self, waiting: list[Parcel]) -> None:
        """One after the other; what comes after one that must wait is released."""
        until = time.monotonic() + sending.LEASE.total_seconds()
        for index, parcel in enumerate(waiting):
            behind = [each for later in waiting[index + 1 :] for each in later.ids]
            if index and until - time.monotonic() < SETS_OUT_WITHIN:
                await self._release([*parcel.ids, *behind])
                return
            letter, buttons = parcel.letters[0], await self._buttons(parcel)
            outcome = (
                await self._fetch(letter)
                if letter.task == "fetch"
                else await self._send(parcel, buttons)
            )
            # at once: a letter whose arrival is not written down arrives again after a crash
            mark = partial(self._mark, parcel=parcel, outcome=outcome, buttons=buttons)
            await self._write(mark, urgent=True)
            if outcome.state == "retry" or (outcome.state == "limited" and outcome.wait):
                await self._release(behind)
                return

    async def _release(self, letters: list[int]) -> None:
        if letters:
            await self._write(lambda session, _: sending.release(session, letters))

    async def _buttons(self, parcel: Parcel) -> tuple[Button, ...]:
        """What a letter to staff goes out with: what can be done with its case now."""
        letter = parcel.letters[0]
        given = tuple(Button(*each) for each in letter.more.get("buttons", ()))
        sender = self._sender(letter)
        alone = letter.task == "send" and letter.case_number is not None and len(parcel.ids) == 1
        if not alone or given or not isinstance(sender, Changing):
            return given

        def ask(session: ReadSession, begun: Moment) -> tuple[Button, ...]:
            return panels.dress(session, self.shelf.book(session, begun.revision), letter)

        return await self.database.aread(ask)

    async def _send(self, parcel: Parcel, buttons: tuple[Button, ...]) -> Outcome:
        letter = parcel.letters[0]
        sender = self._sender(letter)
        if letter.priority > PRIORITY["emergency"]:
            async with self._gate:  # letters set out one by one, and wait for no answer here
                await self.give_way()
        try:
            async with asyncio.timeout(WITHIN):
                outcome = await self._carry(sender, letter, _outgoing(parcel, buttons))
        except TimeoutError:
            outcome = Outcome("unknown", reason="too slow")
        except Exception as error:
            log.exception("letter %s", letter.id)
            outcome = Outcome("retry", reason=type(error).__name__)
        if outcome.state == "unknown" and sender.capabilities.drops_repetition:
            return replace(outcome, state="retry")
        return outcome

    async def _carry(self, sender: Sender, letter: Claimed, message: Outgoing) -> Outcome:
        if letter.task == "change" and isinstance(sender, Changing):
            return await sender.change(message, letter.more["receipt"])
        if letter.task == "give":
            return await self._give(sender, message, letter)
        return await sender.send(message, letter.delivered, partial(self._arrived, letter))

    async def _arrived(self, letter: Claimed, parts: int, rest: str) -> None:
        """At once: whatever happens to the rest, what has arrived is not sent again."""
        await self._write(
            lambda session, _: sending.arrived(session, letter, parts, rest), urgent=True
        )

    async def _give(self, sender: Sender, message: Outgoing, letter: Claimed) -> Outcome:
        """A picture, voice or video that is kept here."""
        kept = await self.database.aread(
            lambda session, _: media_rows.attachment(session, int(letter.more["attachment"]))
        )
        if kept is None or kept.state != "kept":
            return Outcome("refused", reason="the medium is not kept any more")
        try:
            medium = await asyncio.to_thread(media.read, self.media_dir, kept.path)
        except OSError as error:
            return Outcome("refused", reason=type(error).__name__, operator=True)
        return await sender.give(message, kept.kind, medium)

    async def _fetch(self, letter: Claimed) -> Outcome:
        """A medium that somebody sent. Whatever is wrong with it, the attempt counts."""
        try:
            return await self._fetched(letter)
        except Exception as error:
            log.exception("medium of letter %s", letter.id)
            return Outcome("retry", reason=type(error).__name__)

    async def _fetched(self, letter: Claimed) -> Outcome:
        try:
            found = await self._sender(letter).fetch(letter.text)
        except FetchFailed as failed:
            return failed.outcome
        number = int(letter.more["attachment"])
        row = await self.database.aread(lambda session, _: media_rows.attachment(session, number))
        if row is not None and tables.is_list(row, letter.channel):
            return await self._show_table(row, found.content)
        kind = row.kind if row is not None else "file"
        try:
            async with self._looking:
                checked = await asyncio.to_thread(media.check, kind, found.content)
            path, small = await asyncio.to_thread(media.keep, self.media_dir, number, checked)
        except media.Unfit as unfit:
            reason = str(unfit)
            await self._write(lambda session, _: media_rows.refused(session, number, reason))
            return Outcome("sent", reason=reason)
        except OSError as error:
            log.error("%s cannot be written: %s", self.media_dir, error.strerror)
            return Outcome("retry", reason=type(error).__name__, operator=True, asked=False)

        def keep(session: WriteSession, begun: Moment) -> None:
            size = len(checked.content) + len(checked.thumbnail)
            form = media.ENDINGS[checked.content_type][1:]
            media_rows.kept(session, number, checked.kind, path, size, small, form)
            arrived(session, begun, self.shelf.book(session, begun.revision), number)

        await self._write(keep)
        return Outcome("sent")

    async def _show_table(self, row: AttachmentRow, content: bytes) -> Outcome:
        """A list of matters: what was read of it is shown to who sent it, and it is not kept."""
        rows: list[sheets.Row] | tables.Unread
        try:
            async with self._looking:
                rows = await asyncio.to_thread(sheets.read, content, row.format)
        except sheets.Unreadable as unreadable:
            rows = unreadable.why

        def read(session: ReadSession, begun: Moment) -> tables.Shown | None:
            return tables.read(session, begun, self.shelf.book(session, begun.revision), row, rows)

        shown = await self.database.aread(read)
        await self._write(lambda session, begun: tables.show(session, begun, row, shown))
        return Outcome("sent")

    def _sender(self, letter: Claimed) -> Sender:
        exact = self.senders.get((letter.channel, letter.account))
        return exact or self.senders[letter.channel, ""]

    def _mark(
        self,
        session: WriteSession,
        begun: Moment,
        parcel: Parcel,
        outcome: Outcome,
        buttons: tuple[Button, ...],
    ) -> None:
        """Write down what became of a parcel, for each of its letters."""
        at = datetime.now(UTC)
        for letter in parcel.letters:
            self._mark_letter(session, begun, letter, outcome, at)
        if outcome.receipt:
            given = [(button.label, button.text) for button in buttons]
            store.arrived(session, parcel.letters[0], given, outcome.receipt, begun.wall)
        if outcome.operator:
            book = self.shelf.book(session, begun.revision)
            mend = outcome.mend
            mail.look_after(
                session, begun, book, letter.channel, outcome.code, outcome.reason, mend
            )

    def _mark_letter(
        self,
        session: WriteSession,
        begun: Moment,
        letter: Claimed,
        outcome: Outcome,
        at: datetime,
    ) -> None:
        can = self._sender(letter).capabilities
        if can.traced:
            mail.attempted(session, begun, letter, _attempts(letter, outcome))
        if outcome.state == "sent":
            sending.sent(session, letter.id, begun.now)
        elif (outcome.state == "limited" and outcome.wait is None) or outcome.state == "unknown":
            # 48 hours are over, or nobody knows whether it arrived: told with the next word
            reason = outcome.reason if outcome.state == "limited" else f"unknown: {outcome.reason}"
            self._hold(session, begun, letter, outcome.code, reason)
        elif (wait := _wait(letter, outcome, begun, can.patience)) is not None:
            again_at = at + timedelta(seconds=wait)
            sending.again(session, letter, again_at, outcome.code, outcome.reason)
        elif outcome.state == "refused" or letter.task != "send":
            self._refused(session, begun, letter, outcome)
        else:
            self._hold(session, begun, letter, outcome.code, outcome.reason)

    def _hold(
        self, session: WriteSession, begun: Moment, letter: Claimed, code: int, reason: str
    ) -> None:
        """It waits for the recipient's next word. A group has none."""
        if not self._sender(letter).capabilities.answers:
            self._over(session, begun, letter, code, reason)
            return
        sending.give_up(session, letter, "held", code, reason)
        mail.held(session, begun, self.shelf.book(session, begun.revision), letter)

    def _refused(
        self, session: WriteSession, begun: Moment, letter: Claimed, outcome: Outcome
    ) -> None:
        returns = self._sender(letter).capabilities.returns
        if returns and letter.task == "send" and not letter.more.get("matters"):
            self._hold(session, begun, letter, outcome.code, outcome.reason)
            return
        self._over(session, begun, letter, outcome.code, outcome.reason)

    def _over(
        self, session: WriteSession, begun: Moment, letter: Claimed, code: int, reason: str
    ) -> None:
        sending.give_up(session, letter, "refused", code, reason)
        if letter.task == "fetch":
            media_rows.lost(session, int(letter.more["attachment"]), reason)
        elif letter.task == "send":  # what shows on a phone can be seen in the case as well
            book = self.shelf.book(session, begun.revision)
            mail.undelivered(session, begun, book, letter, reason)

    async def _write(self, work: Any, urgent: bool = False) -> Any:
        return await self.database.awrite("outbox", work, background=not urgent)


def _outgoing(parcel: Parcel, buttons: tuple[Button, ...]) -> Outgoing:
    letter = parcel.letters[0]
    return Outgoing(
        channel=letter.channel,  # type: ignore[arg-type]
        account=letter.account,
        recipient=letter.recipient,
        key=letter.key,
        text=parcels.text_of(parcel),
        buttons=buttons,
        panel=letter.more.get("panel") or store.key_of(letter.key),
        label=letter.more.get("label", ""),
        matters=bool(letter.more.get("matters")),
        notice=letter.more.get("notice", {}),
        last=letter.attempts + 1 >= ATTEMPTS,
    )


def _attempts(letter: Claimed, outcome: Outcome) -> tuple[Attempt, ...]:
    """The rungs that were tried for a letter; a way out without a ladder has one."""
    if letter.task == "fetch" or outcome.attempts:
        return outcome.attempts
    said = {"sent": "told", "unknown": "unknown"}.get(outcome.state, "failed")
    return (Attempt(CUSTOMER, said, outcome.code, outcome.reason),)  # type: ignore[arg-type]


def _wait(letter: Claimed, outcome: Outcome, begun: Moment, patience: timedelta) -> float | None:
    """Seconds until a letter is tried again; None: not any more.

    A platform that is busy is asked four times in all. One that is not reached, or does not let us
    in before a setting is mended, does not see the attempts.
    """
    if outcome.state == "limited" and letter.task != "fetch":
        patient = begun.now - letter.created_at < patience
        return outcome.wait if patient else None
    if outcome.state not in ("retry", "limited"):
        return None
    waits, most = (BACK_OFF, ATTEMPTS) if outcome.asked else (OFFLINE, OFFLINE_ATTEMPTS)
    if letter.task == "change":
        most = CHANGES
    if letter.attempts + 1 >= most:
        return None
    return outcome.wait or waits[min(letter.attempts, len(waits) - 1)]
