"""Measures over HTTP: rivals run side by side and are loaded in turn, round by round.

What the machine does besides falls on all of them alike; the median of the rounds counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench import servers
from bench.load import Result

Line = dict[str, Any]
Start = Callable[[Path], AbstractContextManager[servers.Server]]

ROUNDS = 5
WARM_UP = 1000
MESSAGES = {"floor": 5000, "ours": 3000, "obvious": 1000}  # a round each: one to two seconds

STEADY_RATE = 300  # new cases a second
STEADY_SECONDS = 10
STEADY_ROUNDS = 3


def round_trip(results: Mapping[str, list[Result]]) -> Line:
    """An encrypted message to an encrypted reply, 32 clients: against the floor."""
    return against("round_trip", results, "floor", goal=0.4)


def obvious(results: Mapping[str, list[Result]]) -> Line:
    """The same against the obvious design."""
    return against("obvious", results, "obvious", goal=2.5)


def against(name: str, results: Mapping[str, list[Result]], rival: str, goal: float) -> Line:
    """One line: microseconds a message; ratio = rival's time / our time."""
    mine, theirs = each(results["ours"]), each(results[rival])
    wrong = sum(result.wrong for side in ("ours", rival) for result in results[side])
    ratio = median(theirs) / median(mine)
    return {
        "name": name,
        "ours": round(median(mine), 1),
        "floor": round(median(theirs), 1),
        "ratio": round(ratio, 3),
        "unit": "us/message",
        "goal": f">= {goal}",
        "met": ratio >= goal and not wrong,
        "ours_rounds": [round(value, 1) for value in mine],
        "floor_rounds": [round(value, 1) for value in theirs],
        "wrong": wrong,
    }


def each(results: list[Result]) -> list[float]:
    return [result.us_each for result in results]


def closed_loop(folder: Path, starts: Mapping[str, Start]) -> dict[str, list[Result]]:
    """The rounds of every rival, 32 clients each."""
    return play(folder, starts, ROUNDS, lambda server: server.load(MESSAGES[server.name]))


def steady(folder: Path) -> Line:
    """New cases that arrive evenly, whatever the server does: milliseconds at the 99th percentile,
    counted from the moment at which each was due; the medians of the rounds."""
    results = play(
        folder,
        {"floor": servers.floor, "ours": servers.ours},
        STEADY_ROUNDS,
        lambda server: server.load(STEADY_RATE * STEADY_SECONDS, rate=STEADY_RATE),
    )
    mine, theirs = results["ours"], results["floor"]
    p99 = median(result.p99_ms for result in mine)
    wrong = sum(result.wrong for result in mine + theirs)
    floor_p99 = median(result.p99_ms for result in theirs)
    return {
        "name": "steady",
        "ours": round(p99, 2),
        "floor": round(floor_p99, 2),
        "ratio": round(floor_p99 / p99, 3),
        "unit": "ms at p99",
        "goal": "<= 50",
        "met": p99 <= 50 and not wrong,
        "arrivals_per_s": STEADY_RATE,
        "p50": round(median(result.p50_ms for result in mine), 2),
        "p99": round(p99, 2),
        "max": round(max(result.max_ms for result in mine), 2),
        "wrong": wrong,
    }


def play(
    folder: Path,
    starts: Mapping[str, Start],
    rounds: int,
    load: Callable[[servers.Server], Result],
) -> dict[str, list[Result]]:
    """Start all rivals, warm each up, then `rounds` times: each in turn, the others halted. Rows that are missing at
    the end count as wrong."""
    with ExitStack() as stack:
        rivals = []
        for start in starts.values():
            rivals.append(stack.enter_context(start(folder)))
            with rivals[-1].awake():
                rivals[-1].load(WARM_UP)
        results: dict[str, list[Result]] = {rival.name: [] for rival in rivals}
        for _ in range(rounds):
            for rival in rivals:
                with rival.awake():
                    results[rival.name].append(load(rival))
        for rival in rivals:
            last = results[rival.name].pop()
            results[rival.name].append(replace(last, wrong=last.wrong + rival.missing()))
        return results


def round_trips(folder: Path, wanted: set[str]) -> Iterator[Line]:
    """The lines `round_trip` and `obvious`, as far as wanted, from the same rounds."""
    starts: dict[str, Start] = {"ours": servers.ours}
    if "round_trip" in wanted:
        starts["floor"] = servers.floor
    if "obvious" in wanted:
        starts["obvious"] = servers.obvious
    results = closed_loop(folder, starts)
    if "round_trip" in wanted:
        yield round_trip(results)
    if "obvious" in wanted:
        yield obvious(results)
