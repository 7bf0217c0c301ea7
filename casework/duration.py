"""Durations 时长 as people write them, and the moment at which one is over.

The units are not interchangeable: `min` and `h` run through nights and holidays, `d` are
calendar days 天, `wd` are working days 工作日 of the town's calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from casework.calendar import SHANGHAI, Calendar

Unit = Literal["min", "h", "d", "wd"]

_NAMES: dict[Unit, str] = {"min": "分钟", "h": "小时", "d": "天", "wd": "个工作日"}
_LENGTHS: dict[Unit, timedelta] = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "wd": timedelta(days=1),
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", _LENGTHS[self.unit] * self.amount)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """`5d`, `2h`, `3天`, `两个工作日`, `半天`, `一周`. Raises ValueError with a Chinese sentence."""
        found = _FORM.fullmatch("".join(text.split()).lower())
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

    def __str__(self) -> str:
        return f"{self.amount}{_NAMES[self.unit]}"


@dataclass(frozen=True, slots=True)
class Due:
    """When a time is up; `text` says how that was found."""

    at: datetime
    provisional: bool
    text: str


def shift(moment: datetime, duration: Duration, calendar: Calendar) -> tuple[datetime, bool]:
    """`moment` moved by `duration`, in town time; and whether that is provisional."""
    if duration.unit == "wd":
        return calendar.add_working_days(moment, duration.amount)
    return moment.astimezone(SHANGHAI) + duration.length, False


def due(start: datetime, duration: Duration, calendar: Calendar) -> Due:
    """When `duration` after `start` is up. Raises ValueError outside the calendar's years."""
    local = start.astimezone(SHANGHAI)
    at, provisional = shift(local, duration, calendar)
    passed = ""
    if duration.unit == "wd":
        passed = _passed(local.toordinal(), calendar.between(local, at))
    if provisional:
        passed += f"，{at.year}年放假安排未定，暂按周一至周五算"
    return Due(at, provisional, f"{_minute(local)} + {duration}{passed} → {_minute(at)}")


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


def _minute(moment: datetime) -> str:
    return f"{_date(moment.toordinal())} {moment.hour:02}:{moment.minute:02}"


def _number(text: str) -> int | None:
    """十五 → 15, 3 → 3; None where the characters do not make a number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(len(part) > 1 or part == "半" for part in (tens, ones)):
        return None
    return (_DIGITS[tens] if tens else 1) * 10 * len(ten) + (_DIGITS[ones] if ones else 0)
