"""/日历: which days are worked, as an admin of the town knows it: a day off, a day that is worked, the
market days, and that the notice 放假安排 of a year is out.

What is changed counts for times that begin from now on; times that were provisional are reckoned
anew when the year is certain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from casework import moments
from handlers.acting import Sorry
from handlers.admin.town import change
from handlers.arguments import NOTHING
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import calendar
from storage.calendar import Day

Given = Mapping[str, Any]
AHEAD: Final = timedelta(days=60)
LONGEST: Final = 31  # days at once
NAME: Final = 20  # characters of what a day is called
_WORKS: Final = {"放假": False, "休息": False, "上班": True, "补班": True}
_YEAR: Final = re.compile(r"(20\d{2})年?")
_DIGITS: Final = {word: value % 10 for value, word in enumerate("零一二三四五六七八九十")}
_AND: Final = r"[、，,和\s]*"
_WEEKDAYS: Final = re.compile(
    rf"(?:每?(?:周|星期)[一二三四五六日天](?:、?[一二三四五六日天])*{_AND})+"
)
_ENDINGS: Final = re.compile(
    r"(?:农历|阴历|阳历|公历)?[每月逢的\s]*(?:(?:10|[0-9一二三四五六七八九十])[号日逢、，,和\s]*)+"
)


def days(turn: Turn, given: Given) -> Reply:
    """/日历 · /日历 放假 10月8日 镇庆 · /日历 上班 10月10日 · /日历 恢复 10月8日 · /日历 赶集 农历三六九 ·
    /日历 已公布 2027年"""
    word, text = given.get("word"), given.get("text", "")
    if word is None:
        return _overview(turn)
    if word in _WORKS and text:
        return _put(turn, text, _WORKS[word])
    if word == "恢复" and text:
        return _as_shipped(turn, text)
    if word == "赶集" and text:
        return _market(turn, text)
    if word in ("已公布", "公布") and (found := _YEAR.fullmatch(text)):
        return _published(turn, int(found[1]))
    raise Sorry(say("calendar.usage"))


def _overview(turn: Turn) -> Reply:
    """Until when it is certain, and what is out of the ordinary in the next two months."""
    special = calendar.special(turn.session, turn.today, turn.today + AHEAD)
    lines = "\n".join(
        say("calendar.day", day=_said(each.day), works=_works(each.working), name=each.name)
        for each in special
    )
    return Reply(
        say(
            "calendar.overview",
            last=_said(turn.book.calendar.last),
            year=turn.book.calendar.last_year + 1,
            lines=lines or say("calendar.nothing"),
            market=_market_words(turn),
        )
    )


def _put(turn: Turn, text: str, works: bool) -> Reply:
    first, last, name = _span(turn, text)
    if (last - first).days >= LONGEST:
        raise Sorry(say("calendar.too_many", most=LONGEST))
    if first < turn.today:
        raise Sorry(say("calendar.past", span=_span_words(first, last)))
    if last.year > turn.book.calendar.last_year + 1:
        raise Sorry(say("calendar.too_far", year=turn.book.calendar.last_year + 1))
    if len(name) > NAME:
        raise Sorry(say("calendar.long_name", most=NAME))
    title = name or say(f"calendar.{'worked' if works else 'off'}")
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    calendar.put(turn.session, [Day(day, works, title) for day in span], by=turn.staff.name)
    return Reply(
        say("calendar.put", span=_span_words(first, last), works=_works(works), name=title)
    )


def _as_shipped(turn: Turn, text: str) -> Reply:
    first, last, _ = _span(turn, text)
    count = calendar.restore(turn.session, first, last, turn.book.calendar, by=turn.staff.name)
    if not count:
        raise Sorry(say("calendar.as_it_was", span=_span_words(first, last)))
    return Reply(say("calendar.restored", span=_span_words(first, last)))


def _published(turn: Turn, year: int) -> Reply:
    """The town says that the year's days off are all entered: what is left is Monday to Friday."""
    if year != turn.book.calendar.last_year + 1:
        raise Sorry(say("calendar.not_next", year=turn.book.calendar.last_year + 1))
    holidays = calendar.complete(turn.session, year, by=turn.staff.name)
    if holidays == 0:
        raise Sorry(say("calendar.enter_first", year=year))
    return Reply(say("calendar.published", year=year, count=holidays))


# --- market days ----------------------------------------------------------------------------------


def _market(turn: Turn, text: str) -> Reply:
    """逢三六九, 农历逢一四七, 每周六, 没有."""
    row = {**turn.book.entries["town"][turn.town.id]}
    before = row.pop("market", None) or {}
    if text not in NOTHING:
        kept = {key: before[key] for key in ("office",) if key in before}
        row["market"] = {**kept, **_market_days(text)}
    change(turn, {("town", turn.town.id): row})
    return Reply(say("calendar.market_set", market=text))


def _market_days(text: str) -> dict[str, Any]:
    if _WEEKDAYS.fullmatch(text):
        named = re.findall("[一二三四五六日天]", text)
        return {"weekdays": [f"周{day.replace('天', '日')}" for day in dict.fromkeys(named)]}
    endings = [
        _DIGITS[each] if each in _DIGITS else int(each) % 10
        for each in re.findall("10|[0-9一二三四五六七八九十]", text)
    ]
    if not _ENDINGS.fullmatch(text) or len(set(endings)) < len(endings):
        raise Sorry(say("calendar.market_wrong", text=text))
    sun_or_moon = "lunar" if "农历" in text or "阴历" in text else "solar"
    return {"days": sorted(endings), "calendar": sun_or_moon}


def _market_words(turn: Turn) -> str:
    market = turn.book.entries["town"][turn.town.id].get("market")
    if not market:
        return say("calendar.no_market")
    if "weekdays" in market:
        return say("calendar.market_weekdays", days="、".join(market["weekdays"]))
    digits = "、".join(str(day or 10) for day in market["days"])
    moon = say("calendar.moon") if market.get("calendar") == "lunar" else ""
    return say("calendar.market_days", moon=moon, days=digits)


# --- words ----------------------------------------------------------------------------------------


def _span(turn: Turn, text: str) -> tuple[date, date, str]:
    """10月8日 镇庆; 10月8日 10月10日 镇庆: the first and the last day, and what is left."""
    found = moments.day(text, turn.now)
    if found is None:
        raise Sorry(say("calendar.usage"))
    first, rest = found
    rest = rest.lstrip(" 到至-—、,，")
    following = moments.day(rest, turn.now)
    last, rest = following if following is not None else (first, rest)
    if last < first:
        raise Sorry(say("calendar.usage"))
    return first, last, rest.strip(" ，,。")


def _span_words(first: date, last: date) -> str:
    return _said(first) if first == last else f"{_said(first)}—{_said(last)}"


def _said(day: date) -> str:
    return say(
        "calendar.date",
        year=day.year, month=day.month, day=day.day, weekday=say(f"word.day.{day.weekday()}"),
    )  # fmt: skip


def _works(works: bool) -> str:
    return say("calendar.works" if works else "calendar.rests")
