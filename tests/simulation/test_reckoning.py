"""Two ways to the same moment: `casework.duration` and `casework.clocks` against days that are
counted one by one; on both sides of every holiday and working weekend of 2026 and of the year's end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.clocks import pause, promise, resume
from casework.duration import Duration, Unit, due
from casework.methods import ClockRule
from tests.casework.demo import running
from tests.simulation.history import Moved
from tests.simulation.reckoning import Days

DAYS_OF_2026 = shipped_days(2025, 2026)
CHINA = Calendar.of((day, works) for day, works, _ in DAYS_OF_2026)
SLOWLY = Days(works=CHINA.is_working, spans=lambda day: CHINA.office.spans(day, CHINA.is_working))
UNITS: tuple[Unit, ...] = ("min", "h", "d", "wd", "wh", "eod", "ewd")
# the days on which a calendar of Mondays to Fridays would be wrong, and the year's two ends
EDGES = [
    day for day, works, _ in DAYS_OF_2026 if day.year == 2026 and works is not (day.weekday() < 5)
] + [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]

near = st.tuples(st.sampled_from(EDGES), st.integers(-72 * 60, 72 * 60)).map(
    lambda found: datetime.combine(found[0], time(12), SHANGHAI) + timedelta(minutes=found[1])
)
lengths = st.builds(Duration, st.integers(1, 40), st.sampled_from(UNITS))
minutes = st.integers(0, 60 * 24 * 10).map(lambda n: timedelta(minutes=n))


def test_the_working_weekends_of_2026_are_among_the_edges() -> None:
    assert {date(2026, 2, 14), date(2026, 5, 9), date(2026, 10, 10)} <= set(EDGES)
    assert len(EDGES) > 20


@given(near, lengths)
def test_a_term_ends_when_the_days_are_counted(start: datetime, length: Duration) -> None:
    assert due(start, length, CHINA).at == SLOWLY.due(start, length.code, ())


@given(near, lengths, minutes, minutes)
def test_a_pause_moves_it_by_just_what_it_has_lasted(
    start: datetime, length: Duration, before: timedelta, lasted: timedelta
) -> None:
    """In the clock's own unit: nights, days off and lunch count for those that count them."""
    (clock,) = running([promise(ClockRule("settle", length, ()), start, CHINA)])
    since, until = start + before, start + before + lasted
    paused = pause(clock, "villager", since, Duration(400, "d"), CHINA)
    assert paused is not None
    moved = Moved("villager", since, until, None)
    assert resume(paused, until, CHINA).due_at == SLOWLY.due(start, length.code, (moved,))


@pytest.mark.parametrize("unit", ["wd", "wh", "ewd"])
def test_a_calendar_without_a_working_day_is_said_and_not_waited_for(unit: Unit) -> None:
    first = date(2000, 1, 1)
    never = Calendar.of((first + timedelta(n), False) for n in range(101 * 366))
    with pytest.raises(ValueError, match=r"2000年到2100年|没有一天开门"):
        due(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI), Duration(2, unit), never)
