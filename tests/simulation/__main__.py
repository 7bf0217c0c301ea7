"""`python -m tests.simulation`: a year of any size, as figures; and each rule that was broken.

python -m tests.simulation --cases 60000 --towns 12             a county's year: its towns, on SQLite
python -m tests.simulation --cases 6000 --server postgresql     two replicas share what is due
python -m tests.simulation --cases 500 --days 60 --seed 7       the same again

Each town has a service and a database of its own; as many run at once as the machine has processors.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from functools import partial

from casework.calendar import SHANGHAI
from tests.simulation.story import Plan, story
from tests.simulation.year import Outcome
from tests.storage.servers import SERVERS


def main() -> int:
    given = _arguments()
    begun = time.perf_counter()
    outcomes = []
    seeds = range(given.seed, given.seed + given.towns)
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for done in as_completed(pool.submit(partial(story, _plan(given)), seed) for seed in seeds):
            outcomes.append(done.result())
            _print(outcomes[-1], given)
    print(json.dumps(_all(outcomes, time.perf_counter() - begun)))
    return 0 if all(outcome.right for outcome in outcomes) else 1


def _plan(given: argparse.Namespace) -> Plan:
    start = datetime.fromisoformat(given.start).replace(tzinfo=SHANGHAI)
    return Plan(given.server, start, given.days, given.cases // given.towns, given.villages)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=60_000, help="about so many, of all towns")
    parser.add_argument("--towns", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--start", default="2025-12-01", help="the first day")
    parser.add_argument("--villages", type=int, default=20, help="more than the example town has")
    parser.add_argument("--seed", type=int, default=1, help="of the first town")
    parser.add_argument("--server", choices=sorted(SERVERS), default="sqlite")
    return parser.parse_args()


def _print(outcome: Outcome, given: argparse.Namespace) -> None:
    for each in outcome.broken:
        print(each)
    figures = {
        "server": given.server,
        "seed": outcome.seed,
        "days": given.days,
        **outcome.figures,
        "seconds": round(outcome.seconds, 1),
        "cases_per_second": round(outcome.figures["cases"] / outcome.seconds, 1),
        "checking_seconds": round(outcome.checking, 1),
        "history": dict(outcome.kinds.most_common()),
        "broken_rules": dict(outcome.rules),
        "failures": outcome.failures[:10],
    }
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    if not outcome.right:
        again = f"--cases {given.cases // given.towns} --days {given.days} --start {given.start}"
        print(
            f"again: python -m tests.simulation {again} --villages {given.villages} "
            f"--server {given.server} --seed {outcome.seed}"
        )


def _all(outcomes: list[Outcome], seconds: float) -> dict[str, object]:
    """What the towns amount to together."""
    figures, rules = Counter[str](), Counter[str]()
    for outcome in outcomes:
        figures += outcome.figures
        rules += outcome.rules
    failures = sum(len(outcome.failures) for outcome in outcomes)
    return {
        "towns": len(outcomes), **figures, "minutes": round(seconds / 60, 1),
        "broken_rules": dict(rules), "failures": failures,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
