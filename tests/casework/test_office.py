"""Office hours: a lunch break, market days, and time that counts only while the hall is open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.duration import Duration, Unit, due, elapsed, move, shift
from casework.office import Market, Office

MARKET = Market(endings=frozenset({3, 6, 9}), hours=((time(8), time(13)),))
DAYS = [(day, works) for day, works, _ in shipped_days(2025, 2026)]
CHINA = Calendar.of(DAYS, Office(market=MARKET))
UNITS: tuple[Unit, ...] = ("min", "h", "d", "wd", "wh", "eod", "ewd")

# both sides of 国庆节 with its working Saturday, of 春节, and of the year's end
moments = st.one_of(
    st.datetimes(datetime(2026, 9, 24), datetime(2026, 10, 16), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2026, 2, 10), datetime(2026, 3, 2), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2025, 12, 24), datetime(2026, 1, 8), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2026, 12, 24), datetime(2027, 1, 8), timezones=st.just(SHANGHAI)),
)
lengths = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))
amounts = st.integers(1, 30)
units = st.sampled_from(UNITS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("03-02 09:00", "2个工作小时", "03-02 11:00"),
        ("03-02 11:00", "2个工作小时", "03-02 15:00"),  # over lunch
        ("03-02 11:00", "1个工作小时", "03-02 12:00"),  # to the last instant before it
        ("03-02 12:30", "1wh", "03-02 15:00"),
        ("03-02 17:00", "1wh", "03-03 08:30"),  # 30 minutes left, then a market day from eight
        ("03-06 12:30", "2wh", "03-09 09:30"),  # a market Friday closes at one; Monday is the 9th
        ("02-28 16:30", "2wh", "03-02 09:30"),  # a working Saturday, then Sunday the 1st
        ("03-02 10:00", "下班前", "03-02 17:30"),
        ("03-02 17:30", "下班前", "03-03 13:00"),
        ("03-02 10:00", "次个工作日下班前", "03-03 13:00"),
        ("10-01 10:00", "下班前", "10-03 13:00"),  # a holiday, but a market day
        ("03-02 10:00", "当天", "03-03 00:00"),
        ("03-02 00:00", "当天", "03-03 00:00"),
        ("03-02 10:00", "次日", "03-04 00:00"),
    ],
)
def test_due(start: str, duration: str, end: str) -> None:
    assert shift(at(start), Duration.parse(duration), CHINA) == (at(end), False)


def test_the_words_say_it_as_people_do() -> None:
    assert due(at("03-02 10:00"), Duration.parse("当天"), CHINA).text == (
        "2026-03-02 10:00 + 当天 → 2026-03-02 24:00"
    )
    assert due(at("03-02 11:00"), Duration.parse("2wh"), CHINA).text == (
        "2026-03-02 11:00 + 2个工作小时，只算办公时间 → 2026-03-02 15:00"
    )


def test_office_hours_of_a_year_without_a_notice_are_provisional() -> None:
    found = due(at("12-31 17:00"), Duration.parse("3wh"), CHINA)
    assert found.provisional
    assert "2027年放假安排未定" in found.text


@pytest.mark.parametrize(
    ("market", "day", "falls"),
    [
        (Market(endings=frozenset({3, 6, 9}), lunar=True), "2026-02-19", True),  # 正月初三
        (Market(endings=frozenset({3, 6, 9}), lunar=True), "2026-03-03", False),  # 正月十五
        (Market(endings=frozenset({0}), lunar=True), "2026-02-26", True),  # 正月初十
        (Market(endings=frozenset({3})), "2026-03-13", True),
        (Market(endings=frozenset({3})), "2026-03-30", False),
        (Market(weekdays=frozenset({5})), "2026-03-07", True),
        (Market(weekdays=frozenset({5})), "2026-03-08", False),
        (Market(), "2026-03-08", False),
    ],
)
def test_market_days(market: Market, day: str, falls: bool) -> None:
    assert market.falls_on(date.fromisoformat(day)) is falls


@given(moments, lengths, units)
def test_what_was_moved_has_elapsed(moment: datetime, length: timedelta, unit: Unit) -> None:
    assert elapsed(moment, move(moment, length, unit, CHINA), unit, CHINA) == length


@given(moments, moments, lengths, units)
def test_later_stays_later(one: datetime, other: datetime, length: timedelta, unit: Unit) -> None:
    first, second = sorted((one, other))
    assert move(first, length, unit, CHINA) <= move(second, length, unit, CHINA)


@given(moments, lengths, lengths, units)
def test_in_two_goes_as_in_one(
    moment: datetime, one: timedelta, two: timedelta, unit: Unit
) -> None:
    halfway = move(moment, one, unit, CHINA)
    assert move(halfway, two, unit, CHINA) == move(moment, one + two, unit, CHINA)


@given(moments, amounts, amounts, units)
def test_a_longer_time_is_never_over_sooner(
    moment: datetime, one: int, two: int, unit: Unit
) -> None:
    less, more = sorted((one, two))
    assert (
        shift(moment, Duration(less, unit), CHINA)[0]
        <= shift(moment, Duration(more, unit), CHINA)[0]
    )


@given(moments, amounts)
def test_office_time_is_over_while_the_hall_is_open(moment: datetime, hours: int) -> None:
    end, _ = shift(moment, Duration(hours, "wh"), CHINA)
    spans = CHINA.office.spans(end.date(), CHINA.is_working)
    assert any(opens <= end.time().replace(tzinfo=None) <= closes for opens, closes in spans)


@given(moments, lengths)
def test_back_to_where_it_was(moment: datetime, length: timedelta) -> None:
    office = CHINA.office
    end = office.add(moment, length, CHINA.is_working)
    start = office.add(end, -length, CHINA.is_working)
    assert office.elapsed(start, end, CHINA.is_working) == length


@pytest.mark.parametrize("unit", ["wh", "ewd"])
def test_a_hall_that_never_opens_is_said_and_not_waited_for(unit: Unit) -> None:
    shut = Calendar.of((date(2026, 1, 1) + timedelta(n), False) for n in range(900))
    with pytest.raises(ValueError, match="没有一天开门"):
        shift(at("03-02 09:00"), Duration(2, unit), shut)
    with pytest.raises(ValueError, match="没有一天开门"):
        Office(()).add(at("12-02 09:00"), timedelta(hours=-2), shut.is_working)


@given(units, st.integers(-99, 99))
def test_a_code_is_the_duration(unit: Unit, amount: int) -> None:
    assert Duration.coded(Duration(amount, unit).code) == Duration(amount, unit)
