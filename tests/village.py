"""A village to talk in: the demo town on a database of its own, with a clock that stands still.

`Village` speaks through the real service, courier and scheduler; only the senders collect what
would go out. The real time and the town's time begin together on a Monday morning and move only
when the test says so: `advance` plays the town's clock forward as the demo does, `pass_unwatched`
is an outage, in which time goes by and nobody looks.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from PIL import Image

import storage.database
from bot import town
from bot.channels.api import Media
from bot.channels.contract import Capabilities
from bot.channels.outcome import SENT, Outcome
from bot.channels.robot.send import RobotSender
from bot.channels.sending import Arrived, untold
from bot.channels.wechat.send import WechatSender
from bot.courier import Courier
from bot.play import play
from bot.scheduler import Timed
from bot.service import Service
from casework.calendar import SHANGHAI
from handlers.message import Attachment, Incoming, Kind, Location, Outgoing
from storage import schema
from storage.book import Book, Shelf, open_book
from storage.database import Database, Moment
from storage.session import ReadSession, WriteSession

T = TypeVar("T")

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
ACCOUNT = "gh_village"
EVENTS = ("subscribe", "unsubscribe", "scan", "click", "view")
_begin = storage.database.begin


@dataclass(frozen=True)
class Letter:
    """What reached somebody's phone without their asking, and when (town time)."""

    to: str
    at: datetime
    text: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(SHANGHAI):%m-%d %H:%M} {self.text}"


class FoundedShelf(Shelf):
    """Begins with the book of the town as it was founded, which all villages share. What changes in
    a village has another revision."""

    founded: Book

    def book(self, session: ReadSession, revision: int) -> Book:
        if revision == self.founded.revision:
            return self.founded
        return super().book(session, revision)


class Postbox:
    """Keeps what all channels carry. `trouble` answers in its place."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.trouble: Callable[[Outgoing], Outcome | None] = lambda _: None


class WayOut:
    """A channel's way to the postbox."""

    def __init__(self, postbox: Postbox, capabilities: Capabilities) -> None:
        self.postbox = postbox
        self.capabilities = capabilities

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        outcome = self.postbox.trouble(message)
        if outcome is None:
            village = self.postbox.village
            village.letters.append(Letter(message.recipient, village.now, message.text))
        return outcome or SENT

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        outcome = self.postbox.trouble(message)
        if outcome is None:
            self.postbox.village.given.append((message.recipient, kind))
        return outcome or SENT

    async def fetch(self, media_id: str) -> Media:
        if table := self.postbox.village.tables.get(media_id):
            return Media(table.encode(), "text/csv", "")
        return Media(picture(), "image/jpeg", f"{media_id}.jpg")

    async def aclose(self) -> None:
        """Nothing is open."""


WAYS = {
    "wechat": WechatSender.capabilities,
    "wecom": Capabilities(media=True),
    "robot": replace(RobotSender.capabilities, limits=()),
}


class Village:
    """Who says what, who hears what, and what time it is."""

    def __init__(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = file
        self.wall = MONDAY
        self.letters: list[Letter] = []
        self.given: list[tuple[str, str]] = []  # pictures, voices, videos: to whom
        self.tables: dict[str, str] = {}  # what stands in tables that were sent, by media id
        self.postbox = Postbox(self)
        self._numbers = itertools.count(1)
        self._loop = asyncio.Runner()
        monkeypatch.setattr(storage.database, "begin", self._moment)
        self._open()

    # --- what a person does ----------------------------------------------------------------

    def says(self, who: str, text: str, kind: str = "text", key: str = "") -> str:
        """Somebody says something; their reply. Letters that follow are delivered at once.

        `kind` is a kind of message or the name of an event, whose key is then `text`. A repeated
        delivery has the `key` of the first.
        """
        incoming = self._incoming(who, text, kind, key or f"k{next(self._numbers)}")
        reply = self._loop.run(self.service.receive(incoming))
        self.deliver()
        return reply.text if reply is not None else ""

    def staff(self, who: str) -> bool:
        """True for members of staff: they speak on 企业微信, everybody else on 公众号."""
        return who.startswith("staff:") or who.lower() in self.book.town.by_userid

    def hears(self, who: str) -> list[Letter]:
        """What has come to somebody since this was asked last."""
        mine = [letter for letter in self.letters if letter.to == who]
        self.letters = [letter for letter in self.letters if letter.to != who]
        return mine

    # --- time ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The town's time."""
        return self.ask(lambda _, begun: begun.now).astimezone(SHANGHAI)

    def advance(self, by: timedelta) -> None:
        """The town's clock moves on, and what is due happens at its moment."""
        self._loop.run(play(self.timed, by, self.courier.round))

    def pass_unwatched(self, by: timedelta) -> None:
        """Time goes by while the service is down; then it is there again."""
        self.wall += by
        self.restart()
        self.sweep()

    def sweep(self) -> None:
        """The scheduler's turn: what is due, what is to be tried again."""
        while self._loop.run(self.timed.sweep()):
            pass
        self._loop.run(self.timed.retry())
        self.compare()
        self._loop.run(self.timed.phone())
        self.deliver()

    def compare(self) -> None:
        """New cases are held against the open ones."""
        self._loop.run(self.timed.compare())

    def deliver(self) -> None:
        """The courier's turn, until nothing is left that can go out."""
        while self._loop.run(self.courier.round()):
            pass

    # --- behind the scenes -----------------------------------------------------------------

    def restart(self) -> None:
        """Another process on the same database."""
        self.database.close()
        self._open()

    def ask(self, question: Callable[[ReadSession, Moment], T]) -> T:
        with self.database.reading() as (session, begun):
            return question(session, begun)

    def change(self, work: Callable[[WriteSession, Moment], T]) -> T:
        return self.database.write("test", work).result()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows of a plain SQL question, for what no conversation can show."""
        return self.ask(
            lambda session, _: list(session.connection.execute(sa.text(statement), values))
        )

    @property
    def book(self) -> Book:
        return self.ask(lambda session, begun: self.service.book(session, begun))

    def close(self) -> None:
        self.database.close()
        self._loop.close()

    def _open(self) -> None:
        self.database = open_database(self.file)
        self.service = Service(self.database)
        self.service.shelf = FoundedShelf()
        self.timed = Timed(self.service)
        senders = {(channel, ""): WayOut(self.postbox, can) for channel, can in WAYS.items()}
        media = self.file.parent / "media"
        self.courier = Courier(self.database, self.service.shelf, senders, media)

    def _moment(self, session: ReadSession) -> Moment:
        """The real `begin`, at a real time that stands still."""
        begun = _begin(session)
        return Moment(self.wall, self.wall + (begun.now - begun.wall), begun.revision)

    def _incoming(self, who: str, text: str, kind: str, key: str) -> Incoming:
        staff, event = self.staff(who), kind if kind in EVENTS else ""
        sender = who.removeprefix("staff:")
        if kind == "table":  # a file, and what stands in it
            self.tables[f"media-{key}"], kind, text = text, "file", "名单.csv"
        named: dict[str, Any] = {"image": "jpg", "voice": "amr", "video": "mp4", "file": "pdf"}
        return Incoming(
            channel="wecom" if staff else "wechat",
            account=ACCOUNT,
            sender=sender,
            key=f"{sender}:{key}",
            kind=as_kind("event" if event else kind),
            sent_at=self.wall,
            text="" if event else text,
            event=event,
            event_key=text if event else "",
            attachment=Attachment(kind, f"media-{key}", text.partition(".")[2] or named[kind], text)  # type: ignore[arg-type]
            if kind in named
            else None,
            location=Location(30.65, 104.06, text) if kind == "location" else None,
        )


@cache
def picture() -> bytes:
    painted = BytesIO()
    Image.new("RGB", (8, 8), "red").save(painted, "JPEG")
    return painted.getvalue()


def as_kind(word: str) -> Kind:
    return word  # type: ignore[return-value]


def open_database(file: Path) -> Database:
    """A database that does not wait for the disk: these tests are about words."""
    database = Database(f"sqlite:///{file}")
    for engine in (database.engine, database.read_engine):
        sa.event.listen(engine, "connect", _in_a_hurry)
    return database


def _in_a_hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def found(folder: Path) -> Path:
    """A database with the demo town, to be copied."""
    file = folder / "village.db"
    database = open_database(file)
    schema.upgrade(database)
    town.load(database, town.example(), by="start")
    with database.reading() as (session, begun):
        FoundedShelf.founded = open_book(session, begun.revision)
    database.close()  # the last connection brings everything into the one file
    return file


def copy(template: Path, folder: Path) -> Path:
    return Path(shutil.copy(template, folder / "village.db"))
