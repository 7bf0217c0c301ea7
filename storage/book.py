"""The book: an immutable snapshot of what the town has decided, with its revision.

Files are the shipped layer; a town's changes are versioned rows above them. One row tells the
revision; when it has changed, in this process or another, the snapshot is built anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.calendar import Calendar
from casework.draft import World
from casework.methods.method import Method
from casework.partner import Partner, partners
from casework.town import Town
from casework.townfile import build
from nlp.answers import AnswerBase
from nlp.lexicon import FIELDS, Rule
from nlp.lexicon import shipped as shipped_lexicon
from nlp.reader import Name, Reader
from storage.calendar import calendar
from storage.methods import methods
from storage.session import ReadSession
from storage.town import Entries, entries


@dataclass(frozen=True, slots=True)
class Book:
    revision: int
    town: Town
    methods: Mapping[str, Method]  # those that can be chosen, by id
    versions: Mapping[str, Method]  # these, and every version that a case can name
    calendar: Calendar
    reader: Reader
    answers: AnswerBase
    partners: Mapping[str, Partner]
    entries: Mapping[str, Mapping[str, Mapping[str, Any]]]
    _world: list[World] = field(default_factory=list, compare=False, repr=False)

    def world(self, now: datetime) -> World:
        """The same for all that share a transaction, and with it what is promised at that moment."""
        last = self._world[0] if self._world else None
        if last is None or last.now is not now:
            last = World(self.town, self.versions, self.calendar, now)
            self._world[:] = [last]
        return last


class NoTown(Exception):
    """The database holds no town yet: `xiaoge town load FILE.toml`."""


class Shelf:
    """Where a process keeps the newest book."""

    def __init__(self) -> None:
        self._book: Book | None = None
        self._building = threading.Lock()

    def book(self, session: ReadSession, revision: int) -> Book:
        """The book of this revision. Raises NoTown before the first town is loaded."""
        book = self._book
        if book is None or book.revision != revision:
            with self._building:
                book = self._book
                if book is None or book.revision != revision:
                    book = self._book = open_book(session, revision, book)
        return book


# what the reader is made of; it takes a tenth of a second and more, and who is away changes none of it
READ: Final = ("unit", "department", "place", "rule")


def open_book(session: ReadSession, revision: int, before: Book | None = None) -> Book:
    """The book of now. What it has in common with the one `before` is not made again."""
    decided = entries(session)
    if not decided.get("town"):
        raise NoTown("no town is loaded")
    town = build(decided)
    notice = decided.get("setting", {}).get("notice")
    if notice is not None:  # said in chat: above what the file says
        town = replace(town, notice=notice["text"])
    found = methods(session)
    return Book(
        revision=revision,
        town=town,
        methods=found.current,
        versions=found.known,
        calendar=calendar(session, town.office),
        reader=_reader(town, decided, before),
        answers=_answers(town, before),
        partners=partners(decided.get("partner", {})),
        entries=decided,
    )


def _reader(town: Town, decided: Entries, before: Book | None) -> Reader:
    if before is None or _people(before.town) != _people(town):
        return reader_of(town, decided)
    alike = all(before.entries.get(kind) == decided.get(kind) for kind in READ)
    return before.reader if alike else reader_of(town, decided)


def reader_of(town: Town, decided: Entries, among: Iterable[str] = FIELDS) -> Reader:
    """What reads texts in this town: its places, its people and its own words."""
    return Reader(shipped_lexicon(), names(town), layer(decided), among, _people(town))


def _people(town: Town) -> frozenset[str]:
    return frozenset(staff.name for staff in town.staff.values())


def _answers(town: Town, before: Book | None) -> AnswerBase:
    if before is not None and before.town.answers == town.answers:
        return before.answers
    return AnswerBase(each for each in town.answers.values() if not each.stopped)


def names(town: Town) -> Iterator[Name]:
    """Every way to write a place of the town, for the gazetteer."""
    for unit in town.units.values():
        if unit.department or unit.level in ("township", "county"):
            continue
        full = town.full_name(unit.id)
        for written in (full, unit.name, *unit.aliases):
            yield Name(written, full, unit.id)
    for place in town.places.values():
        for written in (place.name, *place.aliases):
            yield Name(written, f"{town.full_name(place.unit)}{place.name}", place.unit)


def layer(decided: Entries) -> Iterator[Rule]:
    """The town's own words (`/规则`), over the shipped lexicon."""
    for value in decided.get("rule", {}).values():
        if value.get("on", True):
            yield Rule(**{key: item for key, item in value.items() if key != "on"})
