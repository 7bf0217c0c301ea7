"""Some months of a small town, on both databases: two replicas, restarts, power cuts, an outage, the
clock moved and set back, three changes of the method; and no rule is broken."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from casework.calendar import SHANGHAI
from tests.simulation import traffic
from tests.simulation.world import Scale
from tests.simulation.year import live
from tests.storage.servers import SERVERS, migrated, open_database

AUTUMN = datetime(2026, 9, 18, tzinfo=SHANGHAI)  # before 国庆节 with its working weekends
WINTER = datetime(2025, 11, 20, tzinfo=SHANGHAI)  # over the year's end
SMALL = Scale(
    AUTUMN, 45, 80, outages=(2, 30), jumps=(5,), set_backs=1, power_cuts=3, restarts=1,
    silences=2, leaves=0.15, handovers=1,
)  # fmt: skip
TINY = replace(SMALL, start=WINTER, days=30, messages=30)
# what has to have happened, so that a quiet story does not pass for a right one
ALWAYS = {"open", "accept", "conclude", "settle", "remind", "skip", "card", "escalate"}
OFTEN = {"reply", "ask", "supplement", "suspend", "request_extension", "transfer", "urge"}


def test_some_months() -> None:
    _holds("sqlite", SMALL, 4, happened=ALWAYS | OFTEN)


def test_some_weeks_on_a_server() -> None:
    _holds("postgresql", TINY, 2)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", range(10, 13))
def test_a_year(server: str, seed: int) -> None:
    _holds(server, Scale(WINTER, 365, 1500), seed, digest=True, happened=ALWAYS | OFTEN)


def _holds(
    server: str, scale: Scale, seed: int, digest: bool = False, happened: Set[str] = ALWAYS
) -> None:
    place = SERVERS[server]()
    url = place.new(migrated(server))
    outcome = live(lambda: open_database(url), scale, 0, seed, digest=digest)
    place.drop(url)
    said = "\n".join(str(each) for each in outcome.broken)
    assert outcome.right, f"seed {seed} on {server}: {outcome.rules} {outcome.failures}\n{said}"
    assert happened - outcome.kinds.keys() == set()


def test_traffic_is_as_it_was_measured() -> None:
    """More on weekdays than on Sundays, by day than by night; half are answered within 11 days."""
    rng = Random(1)  # noqa: S311
    moments = traffic.arrivals(rng, AUTUMN, 70, 5000)
    assert moments == sorted(moments)
    assert sum(8 <= each.hour < 18 for each in moments) > 0.6 * len(moments)
    assert sum(each.weekday() == 1 for each in moments) > 1.5 * sum(
        each.weekday() == 5 for each in moments
    )
    waits = [traffic.wait(rng) for _ in range(5000)]
    known = sorted(each for each in waits if each is not None)
    assert 0.003 < 1 - len(known) / len(waits) < 0.02
    assert 9 < known[len(known) // 2].days < 12
