"""`python -m tests.simulation`: a year of any size, as figures; and each rule that was broken.

python -m tests.simulation --cases 60000                        a county's year on SQLite
python -m tests.simulation --cases 6000 --server postgresql     two replicas share what is due
python -m tests.simulation --cases 500 --days 60 --seed 7       the same again
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import replace
from datetime import datetime

from casework.calendar import SHANGHAI
from tests.simulation.world import Scale
from tests.simulation.year import Outcome, live
from tests.storage.servers import SERVERS, migrated, open_database

TWICE_SAID = 1.04  # messages for each case: some are answered at once, or belong to another


def main() -> int:
    given = _arguments()
    logging.basicConfig(level=logging.ERROR)
    start = datetime.fromisoformat(given.start).replace(tzinfo=SHANGHAI)
    scale = Scale(start, given.days, int(given.cases * TWICE_SAID))
    if given.days < 120:  # as much goes wrong in a week of a short story as in a long one
        part = given.days / 120
        scale = replace(scale, leaves=scale.leaves * part, restarts=4, power_cuts=6)
    server = SERVERS[given.server]()
    url = server.new(migrated(given.server))
    try:
        outcome = live(lambda: open_database(url), scale, given.villages, given.seed)
    finally:
        server.drop(url)
    _print(outcome, given)
    return 0 if outcome.right else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=60_000, help="about so many")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--start", default="2025-12-01", help="the first day")
    parser.add_argument("--villages", type=int, default=20, help="more than the example town has")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", choices=sorted(SERVERS), default="sqlite")
    return parser.parse_args()


def _print(outcome: Outcome, given: argparse.Namespace) -> None:
    for each in outcome.broken:
        print(each)
    figures = {
        "server": given.server,
        "seed": given.seed,
        "days": given.days,
        **outcome.figures,
        "seconds": round(outcome.seconds, 1),
        "cases_per_second": round(outcome.figures["cases"] / outcome.seconds, 1),
        "checking_seconds": round(outcome.checking, 1),
        "history": dict(outcome.kinds.most_common()),
        "broken_rules": dict(outcome.rules),
        "failures": outcome.failures[:10],
    }
    print(json.dumps(figures, ensure_ascii=False))
    if not outcome.right:
        print(f"again: python -m tests.simulation {' '.join(sys.argv[1:])} --seed {given.seed}")


if __name__ == "__main__":
    sys.exit(main())
