"""What keeping deadlines costs: a sweep with a hundred due rows among a million open cases, and
among ten thousand; a sweep that finds nothing; and one APScheduler job for each deadline."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import deadlines
from bench.growth import LARGE, filled, path
from bench.ledger import Ledger, opened
from handlers.timed import clocks
from storage.database import Moment
from storage.session import WriteSession

FEW: Final = 10_000  # open cases in the small database
DUE: Final = 100  # clocks that are due at once, anywhere among them
ROUNDS: Final = 25
EMPTY: Final = 300  # sweeps that find nothing
GOAL: Final = 1.5  # a sweep among a million, to one among ten thousand
GOAL_EMPTY: Final = 2000.0  # microseconds
GOAL_SLICE: Final = 20.0  # milliseconds that a slice may hold the writer
MARK: Final = "UPDATE clock SET next_at = ? WHERE id = ?"
FIND: Final = (
    "SELECT id, next_step FROM clock WHERE next_at IS NOT NULL AND next_at <= ? "
    "ORDER BY next_at LIMIT ?"
)
MOVE: Final = "UPDATE clock SET next_at = ?, next_step = ? WHERE id = ?"
LATER: Final = 365 * 86_400_000  # milliseconds


@dataclass
class Measured:
    """One database and what was measured on it, microseconds."""

    ledger: Ledger
    running: list[int]  # ids of clocks
    sweeps: list[float] = field(default_factory=list)
    slices: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)


def sweep(folder: Path) -> dict[str, Any]:
    """`ours`: microseconds for each due clock among a million open cases, with all that follows from
    it (history, letters, the next step); `floor`: the same among ten thousand. `plain`: the indexed
    SELECT and UPDATE of as many rows alone, a commit for each slice. `apscheduler`: a job each."""
    seconds = filled(folder, LARGE) + filled(folder, FEW)
    with ExitStack() as stack:
        many, few = (
            _measured(stack.enter_context(opened(path(folder, size)))) for size in (LARGE, FEW)
        )
        for number in range(ROUNDS + 1):
            for each in (many, few):
                _round(each)
                if number == 0:  # the first round warms up
                    each.sweeps, each.slices = [], []
        for each in (many, few):
            each.plain += [_plain(each) for _ in range(ROUNDS)]
        for _ in range(EMPTY):
            for each in (many, few):
                each.empty.append(_timed(lambda each=each: _slice_of(each.ledger).result()))
        theirs = deadlines.measure(folder, few.ledger, _mark(few))
    return {**_line(many, few, theirs), "filled_s": round(seconds, 1)}


def _line(many: Measured, few: Measured, theirs: dict[str, float]) -> dict[str, Any]:
    mine, floor = (median(each.sweeps) / DUE for each in (many, few))
    empty, empty_few = median(many.empty), median(few.empty)
    slices = sorted(many.slices)
    longest = slices[int(len(slices) * 0.99)] / 1e3
    return {
        "name": "sweep",
        "ours": round(mine, 1),
        "floor": round(floor, 1),
        "ratio": round(mine / floor, 3),
        "unit": "us/due clock",
        "goal": f"<= {GOAL}, empty_us <= {GOAL_EMPTY:.0f}, slice p99 <= {GOAL_SLICE:.0f} ms",
        "met": mine / floor <= GOAL and empty <= GOAL_EMPTY and longest <= GOAL_SLICE,
        "cases": LARGE,
        "floor_cases": FEW,
        "due": DUE,
        "plain_us": round(median(many.plain) / DUE, 1),
        "plain_ratio": round(median(many.plain) / median(few.plain), 3),
        "slice_p50_ms": round(median(slices) / 1e3, 2),
        "slice_p99_ms": round(longest, 2),
        "empty_us": round(empty, 1),
        "empty_us_10k": round(empty_few, 1),
        "apscheduler_jobs": deadlines.JOBS,
        "apscheduler_us": round(theirs["due_us"], 1),
        "apscheduler_ratio": round(theirs["due_us"] / floor, 2),
        "apscheduler_add_us": round(theirs["add_us"], 1),
        "apscheduler_million_s": round(theirs["million_s"]),  # extrapolated from that
        "apscheduler_million_mb": round(theirs["million_mb"]),
    }


def _measured(ledger: Ledger) -> Measured:
    connection = sqlite3.connect(ledger.path)
    ids = connection.execute("SELECT id FROM clock WHERE next_at IS NOT NULL")
    running = [row[0] for row in ids]
    connection.close()
    return Measured(ledger, running)


def _mark(each: Measured) -> list[int]:
    """A hundred running clocks, anywhere, are due; each only once."""
    at = each.ledger.database.write("look", lambda _, begun: begun.now).result()
    due = random.sample(each.running, DUE)
    gone = set(due)
    each.running = [identity for identity in each.running if identity not in gone]
    connection = sqlite3.connect(each.ledger.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    moment = int(at.timestamp() * 1000) - 1
    connection.executemany(MARK, [(moment, identity) for identity in due])
    connection.execute("COMMIT")
    connection.close()
    return due


def _round(each: Measured) -> None:
    _mark(each)
    whole = 0.0
    while True:
        start = time.perf_counter()
        worked = _slice_of(each.ledger).result()
        took = (time.perf_counter() - start) * 1e6
        whole += took
        if worked < clocks.SLICE:
            break
        each.slices.append(took)
    each.sweeps.append(whole)


def _slice_of(ledger: Ledger) -> Future[int]:
    def work(session: WriteSession, begun: Moment) -> int:
        return clocks.sweep(session, begun, ledger.shelf.book(session, begun.revision))

    return ledger.database.write("sweep", work, background=True)


def _plain(each: Measured) -> float:
    """Microseconds for the rows alone: SELECT, UPDATE, commit, slice by slice."""
    _mark(each)
    connection = sqlite3.connect(each.ledger.path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    moment = connection.execute("SELECT min(next_at) FROM clock").fetchone()[0]

    def slices() -> None:
        for _ in range(DUE // clocks.SLICE):
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(FIND, (moment, clocks.SLICE)).fetchall()
            moved = [(moment + LATER, 1, identity) for identity, _ in found]
            connection.executemany(MOVE, moved)
            connection.execute("COMMIT")

    took = _timed(slices)
    connection.close()
    return took


def _timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1e6
