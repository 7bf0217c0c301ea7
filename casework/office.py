"""Office hours 办公时间: when the township's hall is open, and time that counts only then.

Several spans a day (a lunch break lies between two), market days 赶集日 with hours of their own, on
which the hall is open even on a day off. Days off are those of the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()
# A town that is closed for longer than this has no office hours at all: better said than waited for.
_PATIENCE: Final = 400

Span = tuple[time, time]
Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Market:
    """赶集日: 逢三、六、九, by the moon or by the sun; or every Saturday."""

    endings: frozenset[int] = frozenset()  # last digits of the day of the month
    weekdays: frozenset[int] = frozenset()  # Monday is 0
    lunar: bool = False
    hours: tuple[Span, ...] = ()  # none: the usual ones

    def falls_on(self, day: date) -> bool:
        if day.weekday() in self.weekdays:
            return True
        if not self.endings:
            return False
        number = _lunar_day(day) if self.lunar else day.day
        return number % 10 in self.endings


@dataclass(frozen=True, slots=True)
class Office:
    hours: tuple[Span, ...] = ((time(8, 30), time(12)), (time(14), time(17, 30)))
    market: Market | None = None

    def is_open_on(self, day: date, works: Works) -> bool:
        return works(day) or (self.market is not None and self.market.falls_on(day))

    def spans(self, day: date, works: Works) -> tuple[Span, ...]:
        """When the hall is open on this day."""
        if self.market is not None and self.market.falls_on(day):
            return self.market.hours or self.hours
        return self.hours if works(day) else ()

    def add(self, moment: datetime, length: timedelta, works: Works) -> datetime:
        """`moment` moved by so much office time. The instant at which the hall closes is still
        within it; a moment outside counts from the next opening (backwards: the last closing).

        Raises ValueError where the hall does not open any more.
        """
        if length < _NOTHING:
            return self._back(moment, -length, works)
        left = length
        for start, end in self._from(moment, works):
            if start + left <= end:
                return start + left
            left -= end - start
        raise ValueError("办公时间里没有一天开门，时限算不出来。")

    def elapsed(self, start: datetime, end: datetime, works: Works) -> timedelta:
        """The office time from `start` to `end`."""
        if end < start:
            return -self.elapsed(end, start, works)
        total, day = _NOTHING, start.date()
        while day <= end.date():
            for opens, closes in self._moments(day, start.tzinfo, works):
                total += max(_NOTHING, min(closes, end) - max(opens, start))
            day += _DAY
        return total

    def closing(self, moment: datetime, n: int, works: Works) -> datetime:
        """When the hall closes on the n-th day on which it is open, today included if it still is."""
        for day in self._days(moment.date()):
            spans = self._moments(day, moment.tzinfo, works)
            if spans and spans[-1][1] > moment:
                n -= 1
                if n == 0:
                    return spans[-1][1]
        raise ValueError("办公时间里没有一天开门，时限算不出来。")

    def _back(self, moment: datetime, left: timedelta, works: Works) -> datetime:
        for day in self._days(moment.date(), -1):
            for start, end in reversed(self._moments(day, moment.tzinfo, works)):
                end = min(end, moment)
                if end < start:
                    continue
                if end - left >= start:
                    return end - left
                left -= end - start
        raise ValueError("办公时间里没有一天开门，时限算不出来。")

    def _from(self, moment: datetime, works: Works) -> Iterator[tuple[datetime, datetime]]:
        for day in self._days(moment.date()):
            for start, end in self._moments(day, moment.tzinfo, works):
                if end >= moment:
                    yield max(start, moment), end

    def _moments(
        self, day: date, zone: tzinfo | None, works: Works
    ) -> list[tuple[datetime, datetime]]:
        return [
            (datetime.combine(day, start, zone), datetime.combine(day, end, zone))
            for start, end in self.spans(day, works)
        ]

    def _days(self, day: date, step: int = 1) -> Iterator[date]:
        for n in range(_PATIENCE):
            yield day + timedelta(days=n * step)


USUAL: Final = Office()


@lru_cache(maxsize=1024)
def _lunar_day(day: date) -> int:
    from lunar_python import Solar  # where markets go by the moon

    found: int = Solar.fromYmd(day.year, day.month, day.day).getLunar().getDay()
    return found
