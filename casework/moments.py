"""Moments as people say them: 明天下午5点, 周五, 3月5日上午; always the next one that is meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from casework.calendar import SHANGHAI

_DAYS: Final = {
    "今天": 0,
    "今日": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "明": 1,
    "后天": 2,
    "大后天": 3,
}
_WEEKDAYS: Final = {name: day for day, name in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_DIGITS: Final = {name: value for value, name in enumerate("零一二三四五六七八九")} | {"两": 2}
_PARTS: Final = {  # part of the day → its end, and whether 5点 in it is in the afternoon
    "早上": (time(9), False), "上午": (time(12), False), "中午": (time(12), False),
    "下午": (time(18), True), "晚上": (time(21), True), "早": (time(9), False), "晚": (time(21), True),
}  # fmt: skip
END_OF_WORK: Final = time(18)

_DAY: Final = (
    r"(?P<day>大后天|今天|今日|明天|明日|后天|[今明](?=[早晚]))"
    r"|(?P<next>下)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    r"|(?:(?P<year>\d{4})[年\-/.])?(?P<month>\d{1,2})[月\-/.](?P<date>\d{1,2})[日号]?"
    r"|(?P<only>\d{1,2})[日号]"
)
_TIME: Final = (
    r"(?P<part>早上|上午|中午|下午|晚上|早|晚)?\s*"
    r"(?:(?P<hour>\d{1,2}|[一二三四五六七八九十两零]{1,3})(?:[点时](?P<half>半)?|[:：](?=\d))"
    r"(?:(?P<minute>\d{1,2})分?)?)?"
)
_MOMENT: Final = re.compile(rf"(?:{_DAY})\s*(?:的)?\s*{_TIME}(?:之?前|以前)?")
_ONLY_TIME: Final = re.compile(rf"(?=[早上中下晚\d一二三四五六七八九十两]){_TIME}(?:之?前|以前)?")


def moment(text: str, now: datetime) -> tuple[datetime, str] | None:
    """The moment with which a text begins, and the rest of the text; None if it begins with none.

    A day without a time means the end of its working hours; a time without a day the next such.
    """
    local, line = now.astimezone(SHANGHAI), text.lstrip()
    found = _MOMENT.match(line)
    if found is not None:
        day, at = _day(found, local.date()), _time(found)
    else:
        found = _ONLY_TIME.match(line)
        if found is None or (not found["hour"] and len(found["part"] or "") < 2):  # 早点办
            return None
        day, at = local.date(), _time(found)
    if day is None or at is None:
        return None
    result = datetime.combine(day, at, SHANGHAI)
    return result, line[found.end() :]


def day(text: str, now: datetime) -> tuple[date, str] | None:
    """The day with which a text begins, and the rest of the text."""
    line = text.lstrip()
    found = re.match(_DAY, line)
    found_day = _day(found, now.astimezone(SHANGHAI).date()) if found is not None else None
    return None if found is None or found_day is None else (found_day, line[found.end() :])


def period(word: str, today: date) -> tuple[date, date] | None:
    """本周, 上个月, 11月, 2025年: the first day, and the first that lies behind it; a month without a
    year is the last such that has begun."""
    if word in _SPANS:
        return _SPANS[word](today)
    found = _MONTH.fullmatch(word)
    if found is None:
        return None
    year, month = int(found["year"] or today.year), int(found["month"] or 1)
    if not 1 <= month <= 12 or not 1 < year < 9999:
        return None
    if not found["year"] and month > today.month:
        year -= 1
    return _months(date(year, month, 1), 0, 1 if found["month"] else 12)


def _days(today: date, back: int, count: int) -> tuple[date, date]:
    first = today - timedelta(days=back)
    return first, first + timedelta(days=count)


def _months(first: date, back: int, count: int) -> tuple[date, date]:
    """From the month so many before that of `first`."""
    begin = first.year * 12 + first.month - 1 - back
    (year, month), (last, behind) = divmod(begin, 12), divmod(begin + count, 12)
    return date(year, month + 1, 1), date(last, behind + 1, 1)


def _spans() -> dict[str, Callable[[date], tuple[date, date]]]:
    spans: dict[str, Callable[[date], tuple[date, date]]] = {
        "今天 今日": lambda today: _days(today, 0, 1),
        "昨天 昨日": lambda today: _days(today, 1, 1),
        "本周 这周 这个星期 本星期": lambda today: _days(today, today.weekday(), 7),
        "上周 上个星期 上星期": lambda today: _days(today, today.weekday() + 7, 7),
        "本月 这个月 当月": lambda today: _months(today, 0, 1),
        "上月 上个月": lambda today: _months(today, 1, 1),
        "本季度 这个季度": lambda today: _months(today, (today.month - 1) % 3, 3),
        "上季度 上个季度": lambda today: _months(today, (today.month - 1) % 3 + 3, 3),
        "今年 本年": lambda today: _months(today, today.month - 1, 12),
        "去年 上年": lambda today: _months(today, today.month + 11, 12),
    }
    return {word: span for words, span in spans.items() for word in words.split()}


_SPANS: Final = _spans()
_MONTH: Final = re.compile(r"(?=.)(?:(?P<year>20\d\d)年)?(?:(?P<month>\d{1,2})月份?)?(?<!\d)")


def _day(found: re.Match[str], today: date) -> date | None:
    if found["day"]:
        return today + timedelta(days=_DAYS[found["day"]])
    if found["weekday"]:
        ahead = _WEEKDAYS[found["weekday"]] - today.weekday()
        if found["next"]:
            return today + timedelta(days=ahead + 7)
        return today + timedelta(days=ahead if ahead >= 0 else ahead + 7)
    if found["only"]:
        return _next_day(today, int(found["only"]))
    year = int(found["year"] or today.year)
    wanted = _date(year, int(found["month"]), int(found["date"]))
    if wanted is not None and wanted < today and not found["year"]:
        return _date(year + 1, int(found["month"]), int(found["date"]))
    return wanted


def _next_day(today: date, number: int) -> date | None:
    """The next 5号: of this month, or of the next."""
    wanted = _date(today.year, today.month, number)
    if wanted is not None and wanted >= today:
        return wanted
    year, month = divmod(today.year * 12 + today.month, 12)
    return _date(year, month + 1, number)


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time | None:
    end, afternoon = _PARTS.get(found["part"] or "", (END_OF_WORK, False))
    if not found["hour"]:
        return end
    hour = _number(found["hour"])
    minute = 30 if found["half"] else int(found["minute"] or 0)
    if afternoon and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 99)
    return _DIGITS.get(tens, 1) * 10 + (_DIGITS.get(ones, 0))
