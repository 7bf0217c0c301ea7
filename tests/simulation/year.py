"""A whole story: the world runs, then the history is looked at."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import sqlalchemy as sa

import casework.town
from bot import town
from casework.town import Post
from storage.book import Book
from storage.database import Database
from storage.session import ReadSession
from tests.simulation import county
from tests.simulation.history import files
from tests.simulation.machine import Machine
from tests.simulation.reckoning import Days
from tests.simulation.rules import Broken, Town, broken
from tests.simulation.world import Scale, World

TROUBLE = 0.005  # of the letters the platform is busy for


@dataclass
class Outcome:
    """What a story left, and what is wrong with it."""

    seed: int
    seconds: float = 0.0
    checking: float = 0.0
    figures: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)  # the first of each rule
    failures: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not self.rules and not self.failures


def live(
    open_database: Callable[[], Database],
    scale: Scale,
    villages: int,
    seed: int,
    digest: bool = True,
    shown: int = 3,
) -> Outcome:
    """Run a world on an empty database with a schema, and check what it leaves."""
    outcome = Outcome(seed)
    machine = Machine(open_database, scale.start, Random(seed + 1), TROUBLE)  # noqa: S311
    try:
        with machine.clock.instead_of_time():
            town.load(machine.replicas[0].database, county.town_file(villages, digest), by="start")
            world = World(machine, scale, Random(seed))  # noqa: S311
            begun = time.perf_counter()
            asyncio.run(world.run())
            outcome.seconds = time.perf_counter() - begun
            outcome.figures.update(said=len(world.spoken), worked=world.worked)
            begun = time.perf_counter()
            machine.ask(lambda session, _: _check(session, world, outcome, shown))
            outcome.checking = time.perf_counter() - begun
    finally:
        machine.close()
    return outcome


def _check(session: ReadSession, world: World, outcome: Outcome, shown: int) -> None:
    ground = surroundings(world.machine.book, world)
    for file in files(session):
        outcome.figures.update(cases=1, clocks=len(file.timers), letters=len(file.letters))
        outcome.figures["steps"] += sum(
            (line.key or "").startswith("clock:") for line in file.lines
        )
        outcome.kinds.update(line.kind for line in file.lines)
        for each in broken(file, ground):
            outcome.rules[each.rule] += 1
            if outcome.rules[each.rule] <= shown:
                outcome.broken.append(each)
    outcome.failures += _failures(session, world)


def _failures(session: ReadSession, world: World) -> Iterator[str]:
    """What went wrong beside the cases: clocks and messages that failed, letters that came twice."""
    for key, text in _rows(session, "SELECT key, text FROM task"):
        if key.startswith("clock:") and key.count(":") == 1:
            yield text
    for row in _rows(session, "SELECT person, text, error FROM message WHERE state <> 'done'"):
        yield f"a message was not worked: {tuple(row)}"
    twice = [
        key for phone in world.machine.phones.values() for key, n in phone.arrived.items() if n > 1
    ]
    if twice:
        yield f"letters that arrived twice: {twice[:5]}"


def _rows(session: ReadSession, query: str) -> list[Any]:
    return list(session.connection.execute(sa.text(query)))


def _ladder(known: casework.town.Town, post: Post) -> Iterator[str]:
    """The posts above one, as the town file has them: village, the township's 受理岗, county."""
    unit = known.units[post.unit]
    if post.id == known.discipline:
        return
    if unit.level == "township" and post.id != known.intake:
        yield known.intake
    while unit.parent is not None:
        below, unit = unit, known.units[unit.parent]
        if unit.level == "township" and below.level != "township":
            yield known.intake
        heads = (p for p in known.posts.values() if p.unit == unit.id and p.holders)
        yield from [p.id for p in heads if p.role in ("lead", "county")][:1]


def surroundings(book: Book, world: World) -> Town:
    """What the checker may know of the town."""
    known, calendar = book.town, book.calendar
    return Town(
        days=Days(
            works=calendar.is_working,
            spans=lambda day: calendar.office.spans(day, calendar.is_working),
            quiet=(known.quiet_from, known.quiet_until),
            quiet_days=known.quiet_days,
            urgent_at_night=known.urgent_at_night,
            gaps=tuple(world.gaps),
        ),
        end=world.machine.now,
        above={post.id: tuple(_ladder(known, post)) for post in known.posts.values()},
        levels={post.id: known.units[post.unit].level for post in known.posts.values()},
        rungs={
            version: frozenset(level for rung in method.levels for level in rung.covers)
            for version, method in book.versions.items()
        },
        holders={post.id: frozenset(post.holders) for post in known.posts.values()},
        digest=known.digest is not None,
        twice=tuple(world.twice),
        spoken=world.spoken,
    )
