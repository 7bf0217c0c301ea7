"""Durations 时长 as people write them, and the moment at which one is over.

The units are not interchangeable: `min` and `h` run through nights and holidays, `d` are
calendar days 天, `wd` are working days 工作日 of the town's calendar, `wh` hours in which its hall is
open 工作小时; `eod` is the end of a day (1: today 当天, 2: tomorrow 次日), `ewd` the hour at which the
hall closes (1: 下班前, of today if it is still open).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from casework.calendar import SHANGHAI, Calendar

Unit = Literal["min", "h", "d", "wd", "wh", "eod", "ewd"]

_NAMES: dict[Unit, str] = {
    "min": "分钟",
    "h": "小时",
    "d": "天",
    "wd": "个工作日",
    "wh": "个工作小时",
    "eod": "天内（到当天24:00）",
    "ewd": "个工作日内（到下班）",
}
_SAID: dict[tuple[int, Unit], str] = {
    (1, "eod"): "当天",
    (2, "eod"): "次日",
    (1, "ewd"): "下班前",
    (2, "ewd"): "次个工作日下班前",
}
_HEARD: dict[str, tuple[int, Unit]] = {said: what for what, said in _SAID.items()}
_HEARD["当日"] = (1, "eod")
_LENGTHS: dict[Unit, timedelta] = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "wd": timedelta(days=1),
    "wh": timedelta(hours=1),
    "eod": timedelta(days=1),
    "ewd": timedelta(days=1),
}
# word → how many of which unit, and of which unit half of it is (None: it has no half)
_WORDS: dict[str, tuple[int, Unit, tuple[int, Unit] | None]] = {
    "min": (1, "min", None),
    "分钟": (1, "min", None),
    "分": (1, "min", None),
    "h": (1, "h", None),
    "小时": (1, "h", (30, "min")),
    "钟头": (1, "h", (30, "min")),
    "d": (1, "d", None),
    "天": (1, "d", (12, "h")),
    "日": (1, "d", (12, "h")),
    "自然日": (1, "d", None),
    "wd": (1, "wd", None),
    "工作日": (1, "wd", None),
    "wh": (1, "wh", None),
    "工作小时": (1, "wh", None),
    "eod": (1, "eod", None),
    "ewd": (1, "ewd", None),
    "周": (7, "d", None),
    "星期": (7, "d", None),
    "礼拜": (7, "d", None),
    "个月": (30, "d", (15, "d")),  # never 3月, which is March
}
_FORM = re.compile(rf"(\d{{1,4}}|[半零〇一二两三四五六七八九十]{{1,3}})个?({'|'.join(_WORDS)})")
_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many minutes, hours, days or working days; negative only where a step lies before."""

    amount: int
    unit: Unit
    # the nominal length: a working day counts as 24 hours (kept, for every clock asks for it)
    length: timedelta = field(init=False, repr=False, compare=False)
    code: str = field(init=False, repr=False, compare=False)  # "-1wd", as a row keeps it

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", _LENGTHS[self.unit] * self.amount)
        object.__setattr__(self, "code", f"{self.amount}{self.unit}")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """`5d`, `2h`, `3天`, `两个工作日`, `半天`, `一周`. Raises ValueError with a Chinese sentence."""
        plain = "".join(text.split()).lower()
        if plain in _HEARD:
            return cls(*_HEARD[plain])
        found = _FORM.fullmatch(plain)
        if found is None:
            raise ValueError(f"看不懂的时长“{text}”，可以写：30分钟、2小时、3天、2个工作日。")
        number, word = found.groups()
        size, unit, half = _WORDS[word]
        if number == "半" and half is not None:
            return cls(*half)
        amount = _number(number)
        if not amount:
            raise ValueError(f"时长“{text}”不对，要写一个大于零的整数，如：3天、2个工作日。")
        return cls(amount * size, unit)

    @classmethod
    @lru_cache(maxsize=1024)
    def coded(cls, code: str) -> Duration:
        """The duration of this `code`."""
        unit: Any = code.lstrip("-0123456789")
        return cls(int(code[: -len(unit)]), unit)

    def __str__(self) -> str:
        return _SAID.get((self.amount, self.unit)) or f"{self.amount}{_NAMES[self.unit]}"


@dataclass(frozen=True, slots=True)
class Due:
    """When a time is up; `text` says how that was found."""

    at: datetime
    provisional: bool
    text: str


def until(start: datetime, end: datetime) -> Duration:
    """The time from one moment to another, in whole hours where it is such: 48小时, 90分钟."""
    minutes = (end - start) // timedelta(minutes=1)
    return Duration(minutes // 60, "h") if minutes % 60 == 0 else Duration(minutes, "min")


def shift(moment: datetime, duration: Duration, calendar: Calendar) -> tuple[datetime, bool]:
    """`moment` moved by `duration`, in town time; and whether that is provisional.

    Raises ValueError outside the calendar's years, or where the hall does not open any more.
    """
    if duration.unit == "wd":
        return calendar.add_working_days(moment, duration.amount)
    local = moment.astimezone(SHANGHAI)
    if duration.unit in ("min", "h", "d"):
        return local + duration.length, False
    if duration.unit == "eod":
        return _end_of_day(local, duration.amount), False
    at = _in_office(local, duration, calendar)
    first, last = sorted((local.date(), at.date()))
    return at, not calendar.is_certain(first, last)


def _end_of_day(local: datetime, n: int) -> datetime:
    if n < 0:
        return local + timedelta(days=n)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=n)


def _in_office(local: datetime, duration: Duration, calendar: Calendar) -> datetime:
    office = calendar.office
    if duration.unit == "ewd" and duration.amount > 0:
        return office.closing(local, duration.amount, calendar.is_working)
    if duration.unit == "ewd":
        return calendar.add_working_time(local, duration.length)
    return office.add(local, duration.length, calendar.is_working)


def move(moment: datetime, length: timedelta, unit: Unit, calendar: Calendar) -> datetime:
    """`moment` moved by so much time as a clock of this unit counts it."""
    local = moment.astimezone(SHANGHAI)
    if unit == "wd":
        return calendar.add_working_time(local, length)
    if unit in ("wh", "ewd"):
        return calendar.office.add(local, length, calendar.is_working)
    return local + length


def back(moment: datetime, length: Duration | None, calendar: Calendar) -> datetime | None:
    """So long before; None where there is no limit."""
    return None if length is None else move(moment, -length.length, length.unit, calendar)


def elapsed(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> timedelta:
    """What a clock of this unit counts from `start` to `end`: the inverse of `move`."""
    if unit == "wd":
        return calendar.elapsed(start, end)
    if unit in ("wh", "ewd"):
        local = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
        return calendar.office.elapsed(*local, calendar.is_working)
    return end - start


def due(start: datetime, duration: Duration, calendar: Calendar) -> Due:
    """When `duration` after `start` is up. Raises ValueError outside the calendar's years."""
    local = start.astimezone(SHANGHAI)
    at, provisional = shift(local, duration, calendar)
    passed = ""
    if duration.unit == "wd":
        passed = _passed(local.toordinal(), calendar.between(local, at))
    elif duration.unit == "wh":
        passed = "，只算办公时间"
    if provisional:
        passed += f"，{at.year}年放假安排未定，暂按周一至周五算"
    ends = _end(at) if duration.unit == "eod" else minute(at)
    return Due(at, provisional, f"{minute(local)} + {duration}{passed} → {ends}")


@lru_cache(maxsize=256)  # a day's new cases all pass the same days
def _passed(start: int, counted: tuple[int, ...]) -> str:
    """What the count of working days met on its way: days off, and weekends that are worked."""
    off, worked = [], []
    before = start - 1
    for day in counted:
        if day - before > 1:
            off.append(_run(before + 1, day - 1))
        if (day - 1) % 7 > 4 and day > start:
            worked.append(f"{_day(day)}（周{'六日'[(day - 1) % 7 - 5]}）")
        before = day
    text = f"，跳过 {'、'.join(off)}" if off else ""
    if counted[0] != start:
        text += f"，从 {_day(counted[0])} 00:00 起算"
    return f"{text}，{'、'.join(worked)}上班" if worked else text


def _run(first: int, last: int) -> str:
    return _day(first) if first == last else f"{_day(first)}…{_day(last)}"


def _day(ordinal: int) -> str:
    return _date(ordinal)[5:]


@lru_cache(maxsize=256)
def _date(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def minute(moment: datetime) -> str:
    """2026-03-02 09:00, of a moment in town time."""
    return f"{_date(moment.toordinal())} {moment.hour:02}:{moment.minute:02}"


def _end(midnight: datetime) -> str:
    """People say Friday 24:00, not Saturday 00:00."""
    return f"{_date(midnight.toordinal() - 1)} 24:00"


def _number(text: str) -> int | None:
    """十五 → 15, 3 → 3; None where the characters do not make a number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(len(part) > 1 or part == "半" for part in (tens, ones)):
        return None
    return (_DIGITS[tens] if tens else 1) * 10 * len(ten) + (_DIGITS[ones] if ones else 0)
