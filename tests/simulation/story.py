"""The story of one town, in a process of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tests.simulation.world import Scale
from tests.simulation.year import Outcome, live
from tests.storage.servers import SERVERS, migrated, open_database

SAID: Final = 1.04  # messages for each case: some are answered at once, or belong to another
FULL: Final = 120  # days in which as much goes wrong as in a year


@dataclass(frozen=True)
class Plan:
    """What is asked for, of each town."""

    server: str
    start: datetime
    days: int
    cases: int
    villages: int


def story(plan: Plan, seed: int) -> Outcome:
    """The town lives, on a database of its own, and is checked."""
    logging.basicConfig(level=logging.ERROR)
    scale = Scale(plan.start, plan.days, int(plan.cases * SAID))
    if plan.days < FULL:
        leaves = scale.leaves * plan.days / FULL
        scale = replace(scale, leaves=leaves, restarts=4, power_cuts=6)
    server = SERVERS[plan.server]()
    url = server.new(migrated(plan.server))
    try:
        return live(lambda: open_database(url), scale, plan.villages, seed)
    finally:
        server.drop(url)
