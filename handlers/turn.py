"""What a handler gets: who acts, what time it is, the book, the session; and the word that was said.

A handler is a plain synchronous function of one `Turn`. It reads like the conversation; it does
not commit, wait or reach the network, and has no effect outside the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from casework.calendar import SHANGHAI
from casework.case import Case
from casework.draft import World
from casework.rights import THE_SERVICE, Actor, Viewer
from casework.town import Staff, Town
from handlers.message import Incoming
from nlp.reading import Reading
from storage import cases
from storage.book import Book
from storage.database import Moment
from storage.session import WriteSession
from storage.villager import Villager


@dataclass(kw_only=True)
class Occasion:
    """Somebody says something, or a time comes. `origin` makes the keys of all that follows unique:
    what is worked twice is written once."""

    actor: Actor
    now: datetime  # the town's time
    wall: datetime  # the real time
    book: Book
    session: WriteSession
    origin: str
    message: int | None = None  # id of the incoming row, if there was one
    worded: tuple[Case, Mapping[str, Any]] | None = None  # the case last put into words, with them

    @property
    def town(self) -> Town:
        return self.book.town

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @cached_property
    def world(self) -> World:
        return self.book.world(self.now)

    @cached_property
    def viewer(self) -> Viewer:
        return Viewer(self.actor, self.book.town)


def by_itself(session: WriteSession, begun: Moment, book: Book, origin: str) -> Occasion:
    """What the service does with nobody speaking."""
    return Occasion(
        actor=THE_SERVICE, now=begun.now, wall=begun.wall, book=book, session=session, origin=origin
    )


@dataclass(kw_only=True)
class Turn(Occasion):
    """一次来言."""

    incoming: Incoming
    villager: Villager | None = None
    about: int | None = None  # the case that this turn turned out to be about
    acted: list[int] = field(default_factory=list)  # the cases to which something was done

    @property
    def text(self) -> str:
        return self.incoming.text

    @cached_property
    def reading(self) -> Reading:
        """What nlp makes of the text; computed when somebody asks, once."""
        near = self.villager.unit if self.villager is not None else None
        return self.book.reader.read(self.incoming.text, near)

    @cached_property
    def recent(self) -> list[Case]:
        """The speaking villager's own last cases, the newest first."""
        if self.person.is_new(self.now):
            return []
        return cases.recent(self.viewer, self.session)

    def hear(self, text: str) -> None:
        """Go on as if this had been said."""
        self.incoming = replace(self.incoming, text=text)
        self.__dict__.pop("reading", None)

    @property
    def staff(self) -> Staff:
        """The member of staff who speaks. Only for handlers of staff."""
        if self.actor.staff is None:
            raise LookupError("nobody of the staff speaks here")
        return self.actor.staff

    @property
    def person(self) -> Villager:
        """The villager who speaks. Only for handlers of villagers."""
        if self.villager is None:
            raise LookupError("no villager speaks here")
        return self.villager
