"""Time counted the slow way: day by day, from what the calendar says of each day.

Written against the words of the method files, not against `casework.duration`: two ways to the same
moment, so that a mistake in one of them shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from casework.office import Span
from tests.simulation.history import Moved

DAY: Final = timedelta(days=1)
NOTHING: Final = timedelta()
PLAIN: Final = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
CODE: Final = re.compile(r"(-?\d+)([a-z]+)")


@dataclass(frozen=True)
class Days:
    """What each day is: worked or not, and when the hall is open; when nobody is to be woken."""

    works: Callable[[date], bool]
    spans: Callable[[date], tuple[Span, ...]]
    quiet: Span = (time(21, 30), time(7, 30))
    quiet_days: bool = True
    urgent_at_night: bool = True
    gaps: tuple[tuple[datetime, datetime], ...] = field(default=())  # in which nobody was there

    # --- when people may be told --------------------------------------------------------------

    def may_tell(self, moment: datetime, urgency: str) -> bool:
        """May staff be told something of this urgency now?"""
        if not self.villager_awake(moment, urgency):
            return False
        return urgency != "ordinary" or not self.quiet_days or bool(self.spans(moment.date()))

    def villager_awake(self, moment: datetime, urgency: str) -> bool:
        if urgency == "emergency" or (urgency == "urgent" and self.urgent_at_night):
            return True
        evening, morning = self.quiet
        return morning <= moment.time() < evening

    def told(self, moment: datetime, urgency: str) -> datetime:
        """When what is due at a moment is done: somebody has to be there, and people awake."""
        while True:
            there = max((end for begin, end in self.gaps if begin <= moment < end), default=moment)
            if there == moment and self.may_tell(moment, urgency):
                return moment
            moment = there if there > moment else self._morning(moment)

    def _morning(self, moment: datetime) -> datetime:
        """The next end of a night."""
        until = self.quiet[1]
        morning = moment.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
        return morning if moment < morning else morning + DAY

    # --- when a term is over ------------------------------------------------------------------

    def due(self, start: datetime, code: str, moves: Iterable[Moved]) -> datetime:
        """When a clock of this length is over, with what has moved it since."""
        at, unit = self.shift(start, code), _split(code)[1]
        for moved in moves:
            if moved.by is not None:
                at = self.shift(at, moved.by)
            elif moved.until is not None:
                at = self.move(at, self.lasted(moved.since, moved.until, unit), unit)
        return at

    def shift(self, moment: datetime, code: str) -> datetime:
        """A moment and so many minutes, hours, days, working days."""
        amount, unit = _split(code)
        if unit in PLAIN:
            return moment + amount * PLAIN[unit]
        if unit == "eod":
            return _midnight(moment) + amount * DAY
        if unit == "wd":
            return self._working_days(moment, amount)
        if unit == "wh":
            return self.move(moment, timedelta(hours=amount), "wh")
        return self._closing(moment, amount)

    def move(self, moment: datetime, length: timedelta, unit: str) -> datetime:
        """A moment and so much time as a clock of this unit counts it."""
        if unit in PLAIN or unit == "eod":
            return moment + length
        for begin, end in self._counted(moment, unit):
            begin = max(begin, moment)
            # a working day ends where the next begins; the hall's closing belongs to its hours
            if begin + length < end or (unit != "wd" and begin + length == end):
                return begin + length
            length -= end - begin
        raise AssertionError("the days do not end")

    def lasted(self, since: datetime, until: datetime, unit: str) -> timedelta:
        """What a clock of this unit counts from one moment to the other."""
        if unit in PLAIN or unit == "eod":
            return until - since
        total = NOTHING
        for begin, end in self._counted(since, unit):
            if begin >= until:
                return total
            total += max(NOTHING, min(end, until) - max(begin, since))
        raise AssertionError("the days do not end")

    def _counted(self, moment: datetime, unit: str) -> Iterator[tuple[datetime, datetime]]:
        """The stretches that count from this day on: whole working days, or the hall's hours."""
        for n in range(2000):
            midnight = _midnight(moment) + n * DAY
            if unit == "wd":
                if self.works(midnight.date()):
                    yield midnight, midnight + DAY
                continue
            for opens, closes in self.spans(midnight.date()):
                begin = datetime.combine(midnight, opens, moment.tzinfo)
                end = datetime.combine(midnight, closes, moment.tzinfo)
                if end >= moment:
                    yield begin, end

    def _working_days(self, moment: datetime, amount: int) -> datetime:
        if not self.works(moment.date()):
            while not self.works(moment.date()):
                moment = _midnight(moment) + DAY
        while amount:
            moment += DAY
            amount -= self.works(moment.date())
        return moment

    def _closing(self, moment: datetime, amount: int) -> datetime:
        for n in range(2000):
            day = (moment + n * DAY).date()
            spans = self.spans(day)
            if not spans:
                continue
            closes = datetime.combine(day, spans[-1][1], moment.tzinfo)
            if closes > moment:
                amount -= 1
                if amount == 0:
                    return closes
        raise AssertionError("the hall does not open")


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _split(code: str) -> tuple[int, str]:
    found = CODE.fullmatch(code)
    assert found is not None, code
    return int(found[1]), found[2]
