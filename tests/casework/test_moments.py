"""Moments as people say them, on Monday 2 March 2026 at 09:00."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI
from casework.moments import day, moment, period

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("明天下午5点 等配件", "2026-03-03 17:00", " 等配件"),
        ("明天", "2026-03-03 18:00", ""),
        ("明早8点", "2026-03-03 08:00", ""),
        ("后天下午三点半前", "2026-03-04 15:30", ""),
        ("大后天上午", "2026-03-05 12:00", ""),
        ("周五", "2026-03-06 18:00", ""),
        ("周一", "2026-03-02 18:00", ""),
        ("下周一上午9点20", "2026-03-09 09:20", ""),
        ("星期天晚上8点", "2026-03-08 20:00", ""),
        ("3月5日", "2026-03-05 18:00", ""),
        ("3月5日17:30", "2026-03-05 17:30", ""),
        ("1月5日", "2027-01-05 18:00", ""),
        ("2026-03-05 10:00", "2026-03-05 10:00", ""),
        ("5号", "2026-03-05 18:00", ""),
        ("1号", "2026-04-01 18:00", ""),
        ("下午5点", "2026-03-02 17:00", ""),
        ("17:30", "2026-03-02 17:30", ""),
        ("十二点", "2026-03-02 12:00", ""),
    ],
)
def test_a_moment(text: str, at: str, rest: str) -> None:
    found = moment(text, NOW)
    assert found is not None
    assert (f"{found[0]:%Y-%m-%d %H:%M}", found[1]) == (at, rest)


@pytest.mark.parametrize(
    "text", ["", "3天", "2月30日", "水务站", "早点办", "25点", "明天25点", "一组", "中心"]
)
def test_no_moment(text: str) -> None:
    assert moment(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("明天修", (date(2026, 3, 3), "修")), ("周五", (date(2026, 3, 6), "")), ("水", None)],
)
def test_a_day(text: str, found: object) -> None:
    assert day(text, NOW) == found


@given(
    st.text(alphabet="今明后天大下周星期一二三十日月号上午点分半:：前到0123456789 ", max_size=12)
)
def test_whatever_is_typed_raises_nothing(text: str) -> None:
    found = moment(text, NOW)
    assert found is None or text.lstrip().endswith(found[1])


@pytest.mark.parametrize(
    ("word", "first", "behind"),
    [
        ("今天", "2026-03-02", "2026-03-03"),
        ("本周", "2026-03-02", "2026-03-09"),
        ("上周", "2026-02-23", "2026-03-02"),
        ("本月", "2026-03-01", "2026-04-01"),
        ("上个月", "2026-02-01", "2026-03-01"),
        ("上季度", "2025-10-01", "2026-01-01"),
        ("去年", "2025-01-01", "2026-01-01"),
        ("3月", "2026-03-01", "2026-04-01"),
        ("11月份", "2025-11-01", "2025-12-01"),
        ("2024年12月", "2024-12-01", "2025-01-01"),
        ("2025年", "2025-01-01", "2026-01-01"),
    ],
)
def test_a_period(word: str, first: str, behind: str) -> None:
    found = period(word, NOW.date())
    assert found == (date.fromisoformat(first), date.fromisoformat(behind))


@pytest.mark.parametrize("word", ["", "石墙村", "13月", "0月", "11", "周一", "2025", "年"])
def test_no_period(word: str) -> None:
    assert period(word, NOW.date()) is None
