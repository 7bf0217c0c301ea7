"""Rhythm 节奏: what comes again and again, and when, in the words in which people say it.

每天 08:30 · 每个工作日 · 每周三 09:00 · 每周一、周四 · 每月15日和最后一天 · 每半月 · 每月第一个工作日 ·
每月第二个周五 · 每季度首月10日 · 每年1月5日和7月5日 · 每个赶集日. Without a time: 09:00.
A day that a month does not have (30 February) is its last one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from casework.calendar import SHANGHAI, Calendar

_USUAL: Final = time(9)
_YEAR: Final = frozenset(range(1, 13))
_IN_QUARTER: Final = {"首月": 1, "第一个月": 1, "次月": 2, "第二个月": 2, "末月": 3, "第三个月": 3}
_LAST: Final = -1
_AHEAD: Final = 366 * 2  # days looked at; what does not come in them does not come

_FORM: Final = re.compile(r"(?P<days>.+?)(?:(?P<hour>\d{1,2})[:：](?P<minute>\d{2}))?")
_NUMBERS: Final = {word: value for value, word in enumerate("一二三四五", 1)}
_WEEKDAYS: Final = {word: value for value, word in enumerate("一二三四五六日")} | {"天": 6}
_NTH: Final = r"第([一二三四五1-5])个|最后一?个"
_SPOT: Final = re.compile(
    rf"(?P<day>\d{{1,2}})[日号]|(?P<last>最后一天|月底)"
    rf"|(?P<nth>{_NTH})(?:(?P<work>工作日)|(?:周|星期)(?P<weekday>[一二三四五六日天]))"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Days of certain months: one by its number (-1 the last), or the n-th of a sort (-1 the last,
    0 all of them): working days, one weekday, market days; or every day."""

    months: frozenset[int] = _YEAR
    day: int = 0
    nth: int = 0
    sort: str = "day"  # day | working | weekday | market
    weekday: int = 0

    def falls_on(self, day: date, calendar: Calendar) -> bool:
        if day.month not in self.months:
            return False
        last = monthrange(day.year, day.month)[1]
        if self.day:
            return day.day == (last if self.day == _LAST else min(self.day, last))
        if not self._is_of_sort(day, calendar):
            return False
        if not self.nth:
            return True
        month = (day.replace(day=number) for number in range(1, last + 1))
        these = [each for each in month if self._is_of_sort(each, calendar)]
        at = self.nth if self.nth == _LAST else self.nth - 1
        return at < len(these) and these[at] == day

    def _is_of_sort(self, day: date, calendar: Calendar) -> bool:
        if self.sort == "working":
            return calendar.is_working(day)
        if self.sort == "weekday":
            return day.weekday() == self.weekday
        if self.sort == "market":
            market = calendar.office.market
            return market is not None and market.falls_on(day)
        return True


@dataclass(frozen=True, slots=True)
class Rule:
    """When something comes again. `text` is how it was said."""

    text: str
    at: time
    spots: tuple[Spot, ...]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Raises ValueError with a Chinese sentence."""
        found = _FORM.fullmatch("".join(text.split()))
        spots = _spots(found["days"]) if found is not None else ()
        if found is None or not spots:
            raise ValueError(
                f"看不懂的日子“{text}”，可以写：每天 08:30、每周三 09:00、每月15日和最后一天、"
                "每月第一个工作日、每季度首月10日、每年1月5日。"
            )
        at = _USUAL
        if found["hour"]:
            if int(found["hour"]) > 23 or int(found["minute"]) > 59:
                raise ValueError(f"“{text}”里的钟点不对，要写成 08:30 这样。")
            at = time(int(found["hour"]), int(found["minute"]))
        return cls(text, at, spots)

    def falls_on(self, day: date, calendar: Calendar) -> bool:
        return any(spot.falls_on(day, calendar) for spot in self.spots)

    def after(self, moment: datetime, calendar: Calendar) -> datetime | None:
        """The next time, later than `moment`; None if it never comes (a market that is not held)."""
        local = moment.astimezone(SHANGHAI)
        for ahead in range(_AHEAD):
            day = local.date() + timedelta(days=ahead)
            if self.falls_on(day, calendar):
                comes = datetime.combine(day, self.at, SHANGHAI)
                if comes > local:
                    return comes
        return None


def _spots(text: str) -> tuple[Spot, ...]:
    """The days that these words mean; none where they mean nothing."""
    plain = {"每天": "day", "每日": "day", "每个工作日": "working", "每工作日": "working"}
    plain |= {"每个赶集日": "market", "每个集日": "market", "每逢赶集": "market"}
    if text in plain:
        return (Spot(sort=plain[text]),)
    if text == "每半月":
        return (Spot(day=15), Spot(day=_LAST))
    for pattern, read in _SORTS:
        if (found := re.fullmatch(pattern, text)) is not None:
            return read(found)
    return ()


def _weekly(found: re.Match[str]) -> tuple[Spot, ...]:
    names = re.findall(r"[一二三四五六日天]", found[1])
    return tuple(Spot(sort="weekday", weekday=_WEEKDAYS[name]) for name in names)


def _monthly(found: re.Match[str]) -> tuple[Spot, ...]:
    return _in_months(_YEAR, found[1])


def _quarterly(found: re.Match[str]) -> tuple[Spot, ...]:
    first = _IN_QUARTER[found[1]]
    return _in_months(frozenset(range(first, 13, 3)), found[2])


def _yearly(found: re.Match[str]) -> tuple[Spot, ...]:
    spots: list[Spot] = []
    for part in re.split(r"[、和，,及](?=\d{1,2}月)", found[1]):
        month, _, days = part.partition("月")
        these = _in_months(frozenset({int(month)}), days) if 1 <= int(month) <= 12 else ()
        if not these:
            return ()
        spots += these
    return tuple(spots)


def _in_months(months: frozenset[int], text: str) -> tuple[Spot, ...]:
    """15日和最后一天, 第一个工作日: days of these months."""
    spots = []
    for part in re.split(r"[、和，,及]", text):
        found = _SPOT.fullmatch(part)
        if found is None or (found["day"] and not 1 <= int(found["day"]) <= 31):
            return ()
        spots.append(_spot(months, found))
    return tuple(spots)


def _spot(months: frozenset[int], found: re.Match[str]) -> Spot:
    if found["day"]:
        return Spot(months, day=int(found["day"]))
    if found["last"]:
        return Spot(months, day=_LAST)
    word = found[found.re.groupindex["nth"] + 1]
    nth = _LAST if word is None else _NUMBERS.get(word) or int(word)
    if found["work"]:
        return Spot(months, nth=nth, sort="working")
    return Spot(months, nth=nth, sort="weekday", weekday=_WEEKDAYS[found["weekday"]])


_SORTS: Final = (
    (r"每(?:周|星期)((?:(?:周|星期)?[一二三四五六日天][、和，,及]?)+)", _weekly),
    (r"每个?月(.+)", _monthly),
    (rf"每个?季度?({'|'.join(_IN_QUARTER)})(.+)", _quarterly),
    (r"每年(\d{1,2}月.+)", _yearly),
)
