"""Working days of China: public holidays, working weekends 调休, and years not yet announced."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days

CHINA = Calendar.of((day, works) for day, works, _ in shipped_days(2024, 2026))

moments = st.datetimes(
    datetime(2023, 6, 1), datetime(2028, 6, 1), timezones=st.sampled_from([SHANGHAI, UTC])
)
counts = st.integers(0, 80)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-26", True),  # a Sunday before 春节
        ("2025-01-28", False),  # 除夕
        ("2025-09-28", True),  # a Sunday before 国庆节
        ("2025-10-08", False),  # a Wednesday
        ("2025-10-11", True),
        ("2026-01-02", False),  # a Friday
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_days_around_the_holidays(day: str, works: bool) -> None:
    assert CHINA.is_working(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "n", "end", "provisional"),
    [
        ("2026-03-10 09:30", 1, "2026-03-11 09:30", False),
        ("2026-03-13 09:30", 1, "2026-03-16 09:30", False),  # over a weekend
        ("2026-09-30 17:00", 2, "2026-10-09 17:00", False),  # over 国庆节
        ("2026-09-30 17:00", 3, "2026-10-10 17:00", False),  # … onto a working Saturday
        ("2026-10-03 12:00", 1, "2026-10-09 00:00", False),  # from within a holiday
        ("2026-10-03 12:00", 0, "2026-10-08 00:00", False),
        ("2026-10-12 08:00", -1, "2026-10-10 08:00", False),
        ("2026-12-30 08:00", 1, "2026-12-31 08:00", False),
        ("2026-12-31 08:00", 1, "2027-01-04 08:00", True),  # 元旦 2027 is a Friday
        ("2027-04-30 08:00", 1, "2027-05-03 08:00", True),
        ("2023-12-29 08:00", 2, "2024-01-03 08:00", True),  # begins before what is known
        ("2024-01-02 08:00", -1, "2023-12-29 08:00", True),
    ],
)
def test_adding_working_days(start: str, n: int, end: str, provisional: bool) -> None:
    assert CHINA.add_working_days(at(start), n) == (at(end), provisional)


def test_a_moment_of_another_zone_is_counted_in_town_time() -> None:
    friday_night = datetime(2026, 3, 13, 23, 0, tzinfo=UTC)  # Saturday morning in the town
    assert CHINA.add_working_days(friday_night, 0)[0] == at("2026-03-16 00:00")


@given(moments, counts)
def test_lands_on_a_working_day_of_the_town(moment: datetime, n: int) -> None:
    end, _ = CHINA.add_working_days(moment, n)
    assert end.tzinfo is SHANGHAI
    assert CHINA.is_working(end)


@given(moments, moments, counts)
def test_monotone(one: datetime, other: datetime, n: int) -> None:
    first, second = sorted((one, other))
    assert CHINA.add_working_days(first, n)[0] <= CHINA.add_working_days(second, n)[0]


@given(moments, counts, counts)
def test_additive(moment: datetime, n: int, m: int) -> None:
    halfway, _ = CHINA.add_working_days(moment, n)
    assert CHINA.add_working_days(halfway, m)[0] == CHINA.add_working_days(moment, n + m)[0]


@given(moments, counts)
def test_inverse_of_elapsed(moment: datetime, n: int) -> None:
    end, _ = CHINA.add_working_days(moment, n)
    assert CHINA.elapsed(moment, end) == timedelta(days=n)


@given(moments, counts)
def test_going_back_returns_to_the_beginning(moment: datetime, n: int) -> None:
    start, _ = CHINA.add_working_days(moment, 0)
    assert CHINA.add_working_days(CHINA.add_working_days(start, n)[0], -n)[0] == start


def test_elapsed_leaves_out_days_off() -> None:
    assert CHINA.elapsed(at("2026-03-13 18:00"), at("2026-03-16 06:00")) == timedelta(hours=12)
    assert CHINA.elapsed(at("2026-03-14 18:00"), at("2026-03-15 06:00")) == timedelta(0)


def test_without_any_days_everything_is_provisional() -> None:
    empty = Calendar.of([])
    assert empty.add_working_days(at("2026-09-30 17:00"), 2) == (at("2026-10-06 17:00"), True)


def test_a_year_without_working_days_ends() -> None:
    closed = Calendar.of((date(2026, 1, 1) + timedelta(n), False) for n in range(365))
    assert closed.add_working_days(at("2026-03-01 08:00"), 1) == (at("2027-01-05 00:00"), True)


def test_one_day_of_an_unannounced_year_counts_but_makes_nothing_certain() -> None:
    days = [(day, works) for day, works, _ in shipped_days(2025, 2026)]
    calendar = Calendar.of([*days, (date(2028, 3, 3), False)])
    assert calendar.last == date(2026, 12, 31)
    assert calendar.add_working_days(at("2028-03-02 08:00"), 1) == (at("2028-03-06 08:00"), True)


@pytest.mark.parametrize(
    ("start", "n"),
    [
        ("1999-12-31 08:00", -1),
        ("2000-01-04 08:00", -5),
        ("2100-12-30 08:00", 9),
        ("2101-01-01", 0),
    ],
)
def test_outside_the_horizon(start: str, n: int) -> None:
    with pytest.raises(ValueError, match="2000年到2100年"):
        CHINA.add_working_days(at(start), n)


def test_shipped_days_are_complete_named_and_stop_where_the_announcements_stop() -> None:
    days = shipped_days(2026, 2999)
    assert days[0] == (date(2026, 1, 1), False, "元旦")
    assert [day for day, _, _ in days] == [
        date(2026, 1, 1) + timedelta(n) for n in range(len(days))
    ]
    assert (days[-1][0].month, days[-1][0].day) == (12, 31)
    named = {day: (works, name) for day, works, name in days}
    assert named[date(2026, 10, 1)] == (False, "国庆节")
    assert named[date(2026, 10, 10)] == (True, "国庆节调休")
    assert named[date(2026, 10, 11)] == (False, "")
    assert named[date(2026, 10, 12)] == (True, "")


def test_years_before_the_first_announcement_are_left_out() -> None:
    assert shipped_days(1990, 2003) == []
    assert shipped_days(1990, 2004)[0][0].year == 2004


def test_between_includes_both_ends() -> None:
    found = CHINA.between(date(2026, 9, 30), date(2026, 10, 8))
    assert found == (date(2026, 9, 30).toordinal(), date(2026, 10, 8).toordinal())


def test_midnight_of_a_working_day_belongs_to_it() -> None:
    midnight = datetime.combine(date(2026, 3, 16), time(), SHANGHAI)
    assert CHINA.add_working_days(midnight, 1)[0] == midnight + timedelta(days=1)
