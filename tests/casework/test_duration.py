"""Durations as people write them, and due times with their explanation."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.duration import Duration, Unit, due, shift

CHINA = Calendar.of((day, works) for day, works, _ in shipped_days(2025, 2026))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10min", 10, "min"),
        ("2h", 2, "h"),
        ("5d", 5, "d"),
        ("3WD", 3, "wd"),
        ("30分钟", 30, "min"),
        ("２小时", 2, "h"),
        ("两个小时", 2, "h"),
        ("半小时", 30, "min"),
        ("半个钟头", 30, "min"),
        ("3天", 3, "d"),
        ("三日", 3, "d"),
        (" 三 天 ", 3, "d"),
        ("半天", 12, "h"),
        ("2个工作日", 2, "wd"),
        ("两个工作日", 2, "wd"),
        ("十五个工作日", 15, "wd"),
        ("十天", 10, "d"),
        ("二十天", 20, "d"),
        ("六十天", 60, "d"),
        ("四十五个自然日", 45, "d"),
        ("一周", 7, "d"),
        ("两个星期", 14, "d"),
        ("半个月", 15, "d"),
        ("一个月", 30, "d"),
    ],
)
def test_parse(text: str, amount: int, unit: Unit) -> None:
    assert Duration.parse(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "明天",
        "3",
        "天",
        "-3天",
        "1.5天",
        "0天",
        "零天",
        "三四天",
        "半工作日",
        "二十十天",
        "3月",
        "99999天",
    ],
)
def test_refused_in_chinese_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="3天、2个工作日"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Duration(30, "min"), "30分钟"),
        (Duration(4, "h"), "4小时"),
        (Duration(3, "d"), "3天"),
        (Duration(2, "wd"), "2个工作日"),
    ],
)
def test_said_in_short_chinese(duration: Duration, text: str) -> None:
    assert str(duration) == text


@given(st.integers(1, 9999), st.sampled_from(["min", "h", "d", "wd"]))
def test_what_is_said_is_understood(amount: int, unit: Unit) -> None:
    assert Duration.parse(str(Duration(amount, unit))) == Duration(amount, unit)
    assert Duration.parse(f"{amount}{unit}") == Duration(amount, unit)


@pytest.mark.parametrize(
    ("start", "duration", "text"),
    [
        ("2026-03-10 09:05", "30min", "2026-03-10 09:05 + 30分钟 → 2026-03-10 09:35"),
        ("2026-09-30 17:00", "3d", "2026-09-30 17:00 + 3天 → 2026-10-03 17:00"),
        ("2026-03-10 09:05", "1wd", "2026-03-10 09:05 + 1个工作日 → 2026-03-11 09:05"),
        (
            "2026-09-30 17:00",
            "2wd",
            "2026-09-30 17:00 + 2个工作日，跳过 10-01…10-07 → 2026-10-09 17:00",
        ),
        (
            "2026-09-30 17:00",
            "3wd",
            "2026-09-30 17:00 + 3个工作日，跳过 10-01…10-07，10-10（周六）上班 → 2026-10-10 17:00",
        ),
        (
            "2026-05-08 12:00",
            "2wd",
            "2026-05-08 12:00 + 2个工作日，跳过 05-10，05-09（周六）上班 → 2026-05-11 12:00",
        ),
        (
            "2026-03-14 20:00",
            "1wd",
            "2026-03-14 20:00 + 1个工作日，跳过 03-14…03-15，从 03-16 00:00 起算 → 2026-03-17 00:00",
        ),
        (
            "2026-12-30 12:00",
            "2wd",
            "2026-12-30 12:00 + 2个工作日，跳过 01-01…01-03，2027年放假安排未定，暂按周一至周五算"
            " → 2027-01-04 12:00",
        ),
    ],
)
def test_a_due_time_says_how_it_was_found(start: str, duration: str, text: str) -> None:
    found = due(at(start), Duration.parse(duration), CHINA)
    assert found.text == text
    assert found.at == at(text[-16:])
    assert found.provisional is ("暂按" in text)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(SHANGHAI)),
    st.builds(Duration, st.integers(1, 99), st.sampled_from(["min", "h", "d"])),
)
def test_hours_and_calendar_days_run_through_and_back(start: datetime, duration: Duration) -> None:
    end, provisional = shift(start, duration, CHINA)
    assert end - start == duration.length > timedelta(0)
    assert not provisional
    assert shift(end, Duration(-duration.amount, duration.unit), CHINA) == (start, False)
