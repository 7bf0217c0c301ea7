"""Working days 工作日: which days count, and counting them.

A `Calendar` knows every day from 2000 to 2100. Those the town has loaded are certain: weekends,
public holidays and the working weekends of 调休. For the rest it guesses, Monday to Friday
without the holidays that stand fixed in the solar year, and says so: `provisional`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache

import chinese_calendar

from casework.office import USUAL, Office

# No summer time since 1991: a fixed offset, which costs a third of the zone's table.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_HORIZON = (date(2000, 1, 1), date(2100, 12, 31))
_OUTSIDE = "日期超出日历的范围（2000年到2100年）。"
_DAY = timedelta(days=1)
# 全国年节及纪念日放假办法 (2024): 元旦, 劳动节, 国庆节. 春节, 清明, 端午 and 中秋 move from year to year.
_FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@dataclass(frozen=True, slots=True)
class Calendar:
    """`working`: the ordinals of all working days; certain from `first` to `last`, guessed beyond."""

    working: array[int] = field(repr=False, hash=False)
    first: date
    last: date
    office: Office = field(repr=False, default=USUAL)

    @classmethod
    def of(cls, days: Iterable[tuple[date, bool]], office: Office = USUAL) -> Calendar:
        """A calendar of (day, works it?), and the hours of the town's hall.

        Certain is the longest run of days without a gap: one town holiday entered for a year
        whose 放假安排 is not out yet does not make that year certain, though it counts.
        """
        known = {day.toordinal(): works for day, works in days}
        run = _longest_run(sorted(known))
        working = [day for day in _guessed() if day not in known]
        working += [day for day, works in known.items() if works]
        first, last = date.fromordinal(run.start), date.fromordinal(run.stop - 1)
        return cls(array("i", sorted(working)), first, last, office)

    @property
    def last_year(self) -> int:
        """The last year whose 放假安排 is known to its end."""
        whole = (self.last.month, self.last.day) == (12, 31)
        return self.last.year if whole else self.last.year - 1

    def is_working(self, day: date) -> bool:
        ordinal = day.toordinal()
        at = bisect_left(self.working, ordinal)
        return at < len(self.working) and self.working[at] == ordinal

    def is_open(self, day: date) -> bool:
        """True if the hall is open: on working days, and on market days."""
        return self.office.is_open_on(day, self.is_working)

    def add_working_days(self, moment: datetime, n: int) -> tuple[datetime, bool]:
        """`moment` moved by `n` working days, same time of day; and whether that is provisional.

        A moment on a day off counts from 00:00 of the next working day. Raises ValueError
        outside the years 2000 to 2100.
        """
        local = moment.astimezone(SHANGHAI)
        today = local.toordinal()
        at = bisect_left(self.working, today)
        if not 0 <= at + n < len(self.working) or at == len(self.working):
            raise ValueError(_OUTSIDE)
        start, end = self.working[at], self.working[at + n]
        if start != today:
            local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        moved = local + timedelta(days=end - today)
        earliest, latest = (today, end) if n >= 0 else (end, start)
        return moved, earliest < self.first.toordinal() or latest > self.last.toordinal()

    def add_working_time(self, moment: datetime, length: timedelta) -> datetime:
        """`moment` moved by working time of any length; a whole working day counts as one day.
        Raises ValueError outside the years 2000 to 2100."""
        at, rest = divmod(self._position(moment) + length, _DAY)
        if not 0 <= at < len(self.working):
            raise ValueError(_OUTSIDE)
        day = date.fromordinal(self.working[at])
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + rest

    def is_certain(self, start: date, end: date) -> bool:
        """True if the 放假安排 of all days from `start` to `end` is known."""
        return self.first <= start and end <= self.last

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; a whole working day counts as one day."""
        return self._position(end) - self._position(start)

    def between(self, start: date, end: date) -> tuple[int, ...]:
        """The ordinals of the working days from `start` to `end`, both included."""
        low = bisect_left(self.working, start.toordinal())
        return tuple(self.working[low : bisect_right(self.working, end.toordinal(), low)])

    def _position(self, moment: datetime) -> timedelta:
        local = moment.astimezone(SHANGHAI)
        whole = timedelta(days=bisect_left(self.working, local.toordinal()))
        if not self.is_working(local):
            return whole
        return whole + timedelta(
            hours=local.hour,
            minutes=local.minute,
            seconds=local.second,
            microseconds=local.microsecond,
        )


def shipped_days(first_year: int, last_year: int) -> list[tuple[date, bool, str]]:
    """(day, works it?, name) of every day in these years, as far as the 放假安排 is published.

    The name is that of the holiday (国庆节), for a working weekend 国庆节调休, else empty.
    Source: the package `chinesecalendar`; years that it does not cover are left out.
    """
    holidays, worked = chinese_calendar.holidays, chinese_calendar.workdays
    first = date(max(first_year, min(holidays).year), 1, 1)
    last = date(min(last_year, max(holidays).year), 12, 31)
    days = []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        works = day in worked or (day.weekday() < 5 and day not in holidays)
        holiday = holidays.get(day) or worked.get(day)
        name = chinese_calendar.Holiday(holiday).chinese if holiday else ""
        days.append((day, works, f"{name}调休" if name and works else name))
    return days


@cache
def _guessed() -> array[int]:
    first, last = (day.toordinal() for day in _HORIZON)
    weekdays = (date.fromordinal(n) for n in range(first, last + 1) if (n - 1) % 7 < 5)
    working = (d.toordinal() for d in weekdays if (d.month, d.day) not in _FIXED_HOLIDAYS)
    return array("i", working)


def _longest_run(ordinals: list[int]) -> range:
    """The longest unbroken stretch; of none, an empty one at the horizon's beginning."""
    nothing = _HORIZON[0].toordinal()
    best = run = range(nothing, nothing)
    for ordinal in ordinals:
        run = range(run.start if ordinal == run.stop else ordinal, ordinal + 1)
        best = max(best, run, key=len)
    return best
