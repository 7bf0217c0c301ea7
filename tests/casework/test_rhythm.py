"""What comes again and again: the words for it, and the days on which it comes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.office import Market, Office
from casework.rhythm import Rule

OFFICE = Office(market=Market(endings=frozenset({3, 6, 9})))
CHINA = Calendar.of(((day, works) for day, works, _ in shipped_days(2025, 2026)), OFFICE)


def days(rule: str, start: str, count: int) -> list[str]:
    """The next days on which it comes, with the time where it is not nine."""
    found, moment = [], datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    for _ in range(count):
        following = Rule.parse(rule).after(moment, CHINA)
        assert following is not None
        moment = following
        found.append(
            f"{moment:%y-%m-%d}" + (f"{moment: %H:%M}" if moment.time() != time(9) else "")
        )
    return found


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("每天 08:30", "2026-03-02T09:00", ["26-03-03 08:30", "26-03-04 08:30"]),
        ("每天 08:30", "2026-03-02T08:29", ["26-03-02 08:30"]),
        ("每天 08:30", "2026-03-02T08:30", ["26-03-03 08:30"]),
        ("每个工作日", "2026-02-27T10:00", ["26-02-28", "26-03-02"]),  # a working Saturday
        ("每个工作日", "2026-09-30T10:00", ["26-10-08", "26-10-09", "26-10-10", "26-10-12"]),
        ("每周三 09:00", "2026-03-02", ["26-03-04", "26-03-11"]),
        ("每周一、周四", "2026-03-02T10:00", ["26-03-05", "26-03-09", "26-03-12"]),
        ("每周一和四", "2026-03-02T10:00", ["26-03-05", "26-03-09"]),
        ("每星期天 20:00", "2026-03-02", ["26-03-08 20:00"]),
        ("每月15日和最后一天", "2026-01-20", ["26-01-31", "26-02-15", "26-02-28", "26-03-15"]),
        ("每半月", "2028-02-01", ["28-02-15", "28-02-29", "28-03-15"]),
        ("每月30号", "2026-01-20", ["26-01-30", "26-02-28", "26-03-30"]),
        ("每月29日、30日、31日", "2026-02-01", ["26-02-28", "26-03-29", "26-03-30", "26-03-31"]),
        ("每月1日", "2026-12-02", ["27-01-01"]),
        ("每月第一个工作日", "2026-09-02", ["26-10-08", "26-11-02"]),
        ("每月最后一个工作日", "2026-01-31", ["26-02-28", "26-03-31"]),
        ("每月第二个周五 14:30", "2026-03-02", ["26-03-13 14:30", "26-04-10 14:30"]),
        ("每月最后一个周五", "2026-03-02", ["26-03-27"]),
        ("每月第5个周一", "2026-03-02", ["26-03-30", "26-06-29"]),
        ("每季度首月10日", "2026-01-11", ["26-04-10", "26-07-10", "26-10-10", "27-01-10"]),
        ("每季度末月最后一天", "2026-01-11", ["26-03-31", "26-06-30"]),
        ("每年1月5日和7月5日", "2026-01-05T09:00", ["26-07-05", "27-01-05"]),
        ("每年2月29日", "2026-03-01", ["27-02-28", "28-02-29"]),
        ("每个赶集日", "2026-03-06T10:00", ["26-03-09", "26-03-13"]),
    ],
)
def test_when_it_comes(rule: str, start: str, expected: list[str]) -> None:
    assert days(rule, start, len(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "明天", "每", "每周", "每周八", "每月", "每月0日", "每月32日", "每月15日和", "每季度10日",
        "每年13月1日", "每年1月", "每月第六个周一", "每天 8", "每隔三天",
    ],
)  # fmt: skip
def test_what_means_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="看不懂的日子"):
        Rule.parse(text)


def test_a_time_that_is_none() -> None:
    with pytest.raises(ValueError, match="钟点"):
        Rule.parse("每天 25:00")


def test_a_market_that_is_not_held_never_comes() -> None:
    closed = Calendar.of((day, works) for day, works, _ in shipped_days(2026, 2026))
    assert Rule.parse("每个赶集日").after(datetime(2026, 3, 2, tzinfo=SHANGHAI), closed) is None


def test_a_calendar_without_working_days_ends() -> None:
    start = date(2026, 1, 1)
    closed = Calendar.of((start + timedelta(n), False) for n in range(1200))
    assert Rule.parse("每个工作日").after(datetime(2026, 3, 2, tzinfo=SHANGHAI), closed) is None


RULES = [
    "每天 08:30", "每个工作日", "每周三", "每月15日和最后一天", "每月31日", "每季度首月10日", "每月第一个工作日",
]  # fmt: skip


@given(
    st.sampled_from(RULES),
    st.datetimes(datetime(2025, 6, 1), datetime(2026, 12, 1), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2025, 6, 1), datetime(2026, 12, 1), timezones=st.just(SHANGHAI)),
)
def test_none_is_left_out_and_none_comes_twice(rule: str, one: datetime, other: datetime) -> None:
    """From wherever one looks, the next time is the same until it has come."""
    start, between = sorted((one, other))
    following = Rule.parse(rule).after(start, CHINA)
    assert following is not None
    assert following > start
    again = Rule.parse(rule).after(between, CHINA)
    assert again is not None
    assert again == following if between < following else again > following
