"""What waiting costs: a sweep over a million promises of which none, or ten thousand, are due."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.ledger import Ledger, fill, opened, prepare
from handlers.timed import clocks
from storage import town
from storage.database import Moment
from storage.session import WriteSession

OPEN = 1_000_000
FEW = 10_000  # open clocks in the small database; due clocks in the large one
EMPTY = 300  # empty sweeps
GOAL_GROWTH = 1.3  # an empty sweep with a million open clocks, to one with ten thousand
GOAL_SLICE = 20.0  # milliseconds that a slice may hold the writer
LATER = 10 * 365 * 86_400_000  # milliseconds by which what shall not come due is moved
DUE = "SELECT id, next_step FROM clock WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?"
MOVE = "UPDATE clock SET next_at = ?, next_step = ? WHERE id = ?"


def sweep(folder: Path) -> dict[str, Any]:
    """`ours`: microseconds for each due clock, with all that follows from it (history, letters, the
    next step), slice by slice. `floor`: the plain indexed SELECT and UPDATE of the same rows, a
    commit for each slice."""
    many, few = folder / "many.db", folder / "few.db"
    step = make(many, OPEN, FEW)
    make(few, FEW, 0)
    with opened(many) as ledger, opened(few) as small:
        empty, empty_few = idle([ledger, small])
        floor_empty = plain_idle(many)
        floor = plain_slices(many, step)
        milliseconds = step - int(datetime.now(UTC).timestamp() * 1000) + 60_000
        ledger.database.write("clock", lambda s, _: town.advance(s, milliseconds)).result()
        slices = due(ledger)
    mine, least = median(slices) / clocks.SLICE, median(floor) / clocks.SLICE
    p99 = quantiles(slices, n=100)[98] / 1e3
    growth = empty / empty_few
    return {
        "name": "sweep",
        "ours": round(mine, 1),
        "floor": round(least, 1),
        "ratio": round(mine / least, 2),
        "unit": "us/due clock",
        "goal": f"slice p99 <= {GOAL_SLICE:.0f} ms, empty_growth <= {GOAL_GROWTH}",
        "met": p99 <= GOAL_SLICE and growth <= GOAL_GROWTH,
        "open": OPEN,
        "due": FEW,
        "slice_p50_ms": round(median(slices) / 1e3, 2),
        "slice_p99_ms": round(p99, 2),
        "slice_max_ms": round(max(slices) / 1e3, 2),
        "empty_us": round(empty, 1),
        "empty_us_10k": round(empty_few, 1),
        "empty_floor_us": round(floor_empty, 1),
        "empty_growth": round(growth, 3),
    }


def make(path: Path, running: int, coming: int) -> int:
    """A database with `running` clocks, of which `coming` have a step at the same moment and all
    others one in ten years. Returns the moment, milliseconds since 1970."""
    prepare(path)
    connection = sqlite3.connect(path)
    (each,) = connection.execute("SELECT count(*) FROM clock").fetchone()
    step: int = connection.execute("SELECT min(next_at) FROM clock").fetchone()[0]
    connection.close()
    fill(path, running // each)
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE clock SET next_at = next_at + ? WHERE id NOT IN "
        "(SELECT id FROM clock WHERE next_at = ? ORDER BY id LIMIT ?)",
        (LATER, step, coming),
    )
    connection.commit()
    connection.close()
    return step


def idle(ledgers: list[Ledger]) -> list[float]:
    """Microseconds of a sweep that finds nothing, in turn on each; medians."""
    times: list[list[float]] = [[] for _ in ledgers]
    for _ in range(EMPTY):
        for ledger, its in zip(ledgers, times, strict=True):
            its.append(timed(lambda ledger=ledger: slice_of(ledger).result()))
    return [median(its) for its in times]


def due(ledger: Ledger) -> list[float]:
    """Microseconds of each full slice, until nothing is due."""
    times: list[float] = []
    while True:
        start = time.perf_counter()
        worked = slice_of(ledger).result()
        if worked < clocks.SLICE:
            return times
        times.append((time.perf_counter() - start) * 1e6)


def slice_of(ledger: Ledger) -> Future[int]:
    def work(session: WriteSession, begun: Moment) -> int:
        return clocks.sweep(session, begun, ledger.shelf.book(session, begun.revision))

    return ledger.database.write("sweep", work, background=True)


def plain_idle(path: Path) -> float:
    """Microseconds of the query alone where nothing is due; median."""
    connection = sqlite3.connect(path, isolation_level=None)
    now = int(time.time() * 1000)
    times = [
        timed(lambda: connection.execute(DUE, (now, clocks.SLICE)).fetchall()) for _ in range(EMPTY)
    ]
    connection.close()
    return median(times)


def plain_slices(path: Path, step: int) -> list[float]:
    """Microseconds of each slice: SELECT, UPDATE, commit, until nothing is due. Undone at the end."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    moved: list[tuple[int, int, int]] = []

    def work() -> int:
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute(DUE, (step, clocks.SLICE)).fetchall()
        connection.executemany(MOVE, [(step + LATER, 1, identity) for identity, _ in found])
        connection.execute("COMMIT")
        moved.extend((step, following, identity) for identity, following in found)
        return len(found)

    times = []
    while True:
        start = time.perf_counter()
        if work() < clocks.SLICE:
            break
        times.append((time.perf_counter() - start) * 1e6)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(MOVE, moved)
    connection.execute("COMMIT")
    connection.close()
    return times


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1e6
