"""What a new case costs in a small town's database and in one that has grown for decades."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.ledger import Ledger, fill, opened, prepare

SMALL = 1_000
LARGE = 1_000_000
ROUNDS = 12
ALONE = 60  # cases a round, one after the other
BURSTS = 6  # a round …
BURST = 32  # … of so many cases that come together
GOAL = 1.3
STRANGERS = 2_000_000_000  # the first message that nobody has sent yet


def growth(folder: Path) -> dict[str, Any]:
    """Microseconds for a new case, commit included: with a million cases, and with a thousand.

    One at a time (a villager waits for it) and in bursts; in alternating rounds, medians. `cpu`
    is processor time in bursts: the disk's moods are not in it.
    """
    sizes = LARGE, SMALL
    seconds = sum(filled(folder, size) for size in sizes)
    alone, bursts, cpu = ({size: list[float]() for size in sizes} for _ in range(3))
    with ExitStack() as stack:
        ledgers = {size: stack.enter_context(opened(path(folder, size))) for size in sizes}
        following = dict.fromkeys(sizes, STRANGERS)
        for _ in range(ROUNDS + 1):
            for size, ledger in ledgers.items():
                alone[size].append(median(one(ledger, following, size) for _ in range(ALONE)))
                processor = time.process_time()
                bursts[size].append(median(many(ledger, following, size) for _ in range(BURSTS)))
                used = time.process_time() - processor
                cpu[size].append(used / (BURSTS * BURST) * 1e6)
    mine, floor = (median(alone[size][1:]) for size in sizes)  # the first round warms up
    together, floor_together = (median(bursts[size][1:]) for size in sizes)
    busy, floor_busy = (median(cpu[size][1:]) for size in sizes)
    ratio, burst_ratio = mine / floor, together / floor_together
    return {
        "name": "growth",
        "ours": round(mine, 1),
        "floor": round(floor, 1),
        "ratio": round(ratio, 3),
        "unit": "us/case",
        "goal": f"<= {GOAL}",
        "met": max(ratio, burst_ratio) <= GOAL,
        "burst": round(together, 1),
        "burst_floor": round(floor_together, 1),
        "burst_ratio": round(burst_ratio, 3),
        "cpu": round(busy, 1),
        "cpu_floor": round(floor_busy, 1),
        "cpu_ratio": round(busy / floor_busy, 3),
        "cases": LARGE,
        "floor_cases": SMALL,
        "megabytes": round(path(folder, LARGE).stat().st_size / 1e6),
        "filled_s": round(seconds, 1),
    }


def filled(folder: Path, size: int) -> float:
    """The database of so many open cases, filled unless another measure has done it; seconds."""
    file = path(folder, size)
    if file.exists():
        return 0.0
    prepare(file)
    return fill(file, size, events=3, running=("settle",))


def path(folder: Path, size: int) -> Path:
    return folder / f"{size}.db"


def one(ledger: Ledger, following: dict[int, int], size: int) -> float:
    """Microseconds from the message to its commit."""
    following[size] += 1
    start = time.perf_counter()
    ledger.file(following[size]).result()
    return (time.perf_counter() - start) * 1e6


def many(ledger: Ledger, following: dict[int, int], size: int) -> float:
    """Microseconds each, of messages that are all there at once."""
    following[size] += BURST
    start = time.perf_counter()
    for written in [ledger.file(following[size] - index) for index in range(BURST)]:
        written.result()
    return (time.perf_counter() - start) * 1e6 / BURST
