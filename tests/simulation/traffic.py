"""When people write to officials and when they are answered: figures of 2,815 public messages.

Counted once from the messages of the TipDM contest 2020 C. The last hundredth of the answers took
longer than 167 days, up to three years: here these are never answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

# messages by hour of the day, and by weekday from Monday
WRITTEN_HOURS: Final = (
    53, 32, 6, 7, 2, 11, 17, 41, 120, 170, 284, 266,
    142, 155, 207, 256, 214, 171, 125, 115, 95, 121, 124, 81,
)  # fmt: skip
WRITTEN_WEEKDAYS: Final = (470, 528, 505, 435, 390, 240, 247)
ANSWERED_HOURS: Final = (
    0, 0, 2, 1, 0, 0, 0, 5, 160, 349, 377, 299,
    53, 55, 275, 429, 440, 244, 38, 19, 14, 29, 19, 7,
)  # fmt: skip
ANSWERED_WEEKDAYS: Final = (561, 491, 519, 540, 593, 63, 48)
# hours from the message to the answer, by twentieths
WAITS: Final = (
    0.5, 24.4, 44.7, 69.5, 92.3, 115.3, 139.8, 167.3, 192.5, 233.5,
    268.9, 311.1, 349.6, 400.7, 456.7, 533.9, 623.5, 767.6, 983.6, 1630.3,
)  # fmt: skip
LAST_WAITS: Final = (1630.3, 1813.0, 2130.8, 2656.5, 4020.3)  # of the last twentieth, by hundredths
DAY: Final = timedelta(days=1)


def arrivals(rng: Random, start: datetime, days: int, count: int) -> list[datetime]:
    """So many moments at which somebody writes, in order."""
    dates = [start + n * DAY for n in range(days)]
    weights = [WRITTEN_WEEKDAYS[day.weekday()] for day in dates]
    chosen = rng.choices(dates, weights, k=count)
    return sorted(_in_hour(rng, day, WRITTEN_HOURS) for day in chosen)


def wait(rng: Random) -> timedelta | None:
    """From the message to the end of the work; None: never."""
    part, waits = rng.randrange(20), WAITS
    if part == 19:
        part, waits = rng.randrange(5), LAST_WAITS
        if part == 4:
            return None
    return timedelta(hours=rng.uniform(waits[part], waits[part + 1]))


def at_work(rng: Random, moment: datetime) -> datetime:
    """The moment, or a later one at which officials are at work."""
    if 8 <= moment.hour < 18 and moment.weekday() < 5:
        return moment
    busiest = max(ANSWERED_WEEKDAYS)
    while True:
        after = _in_hour(rng, moment, ANSWERED_HOURS)
        if after > moment and rng.random() * busiest < ANSWERED_WEEKDAYS[after.weekday()]:
            return after
        if rng.random() < 0.5:
            moment = (moment + DAY).replace(hour=0, minute=0, second=0, microsecond=0)


def _in_hour(rng: Random, day: datetime, hours: Sequence[int]) -> datetime:
    (hour,) = rng.choices(range(24), hours)
    return day.replace(
        hour=hour,
        minute=rng.randrange(60),
        second=rng.randrange(60),
        microsecond=rng.randrange(1000) * 1000,
    )
