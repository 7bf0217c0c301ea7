"""A clock stands still and goes on: later by just what the pause has lasted in its own unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.clocks import (
    PAUSED,
    RUNNING,
    Clock,
    Move,
    decode_moves,
    encode_moves,
    extended,
    pause,
    promise,
    reckoned,
    resume,
)
from casework.duration import Duration, Unit, elapsed
from casework.methods import ClockRule, Share, Step
from tests.casework.demo import running

DAYS = [(day, works) for day, works, _ in shipped_days(2025, 2026)]
CHINA = Calendar.of(DAYS)
LONG = Duration(400, "d")
UNITS: tuple[Unit, ...] = ("min", "h", "d", "wd", "wh", "eod", "ewd")

units = st.sampled_from(UNITS)
# both sides of 国庆节 with its working Saturday, and of the year's end
moments = st.one_of(
    st.datetimes(datetime(2026, 9, 24), datetime(2026, 10, 12), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2025, 12, 24), datetime(2026, 1, 8), timezones=st.just(SHANGHAI)),
    st.datetimes(datetime(2026, 12, 24), datetime(2027, 1, 8), timezones=st.just(SHANGHAI)),
)
spans = st.integers(0, 60 * 24 * 12).map(lambda minutes: timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def clock(start: datetime, due: Duration, calendar: Calendar = CHINA) -> Clock:
    steps = (
        Step(Share(50), "remind", ("handler",)),
        Step(Duration(0, "min"), "remind", ("handler",), by="phone", say="请今天答复"),
        Step(Duration(1, "d"), "escalate", ("supervisor",), "yellow"),
    )
    return running([promise(ClockRule("settle", due, steps), start, calendar)])[0]


def still(one: Clock, now: datetime, limit: Duration = LONG) -> Clock:
    paused = pause(one, "villager", now, limit, CHINA)
    assert paused is not None
    return paused


@given(moments, units, st.integers(1, 20), spans, spans)
def test_a_pause_moves_the_due_time_by_what_it_has_lasted_in_the_clocks_unit(
    start: datetime, unit: Unit, amount: int, before: timedelta, lasted: timedelta
) -> None:
    one = clock(start, Duration(amount, unit))
    stood = start + before
    going = resume(still(one, stood), stood + lasted, CHINA)
    moved = elapsed(one.due_at, going.due_at, unit, CHINA)
    assert moved == elapsed(stood, stood + lasted, unit, CHINA)
    assert (going.state, going.paused_at, going.next_step) == (RUNNING, None, 0)
    assert going.next_at == going.steps[0].at


@given(moments, units, spans, spans, spans)
def test_two_pauses_are_as_one_of_their_length(
    start: datetime, unit: Unit, before: timedelta, one: timedelta, two: timedelta
) -> None:
    """Without any time between them."""
    whole, stood = clock(start, Duration(5, unit)), start + before
    between, end = stood + one, stood + one + two
    halves = resume(still(resume(still(whole, stood), between, CHINA), between), end, CHINA)
    assert halves.due_at == resume(still(whole, stood), end, CHINA).due_at


@given(moments, units, spans, st.integers(0, 3))
def test_what_was_taken_stays_and_the_rest_keeps_its_order(
    start: datetime, unit: Unit, lasted: timedelta, taken: int
) -> None:
    one = clock(start, Duration(3, unit))
    following = one.steps[taken].at if taken < 3 else None
    one = replace(one, next_step=taken if taken < 3 else None, next_at=following)
    going = resume(still(one, start), start + lasted, CHINA)
    assert going.steps[:taken] == one.steps[:taken]
    rest = [step.at for step in going.steps[taken:]]
    assert rest == sorted(rest)
    assert [(s.do, s.to, s.card, s.by, s.say) for s in going.steps] == [
        (s.do, s.to, s.card, s.by, s.say) for s in one.steps
    ]


def test_the_maximum_is_over_all_pauses_for_one_reason() -> None:
    limit = Duration(10, "d")
    one = clock(at("03-02 09:00"), Duration(5, "wd"))
    first = still(one, at("03-03 09:00"), limit)
    assert (first.state, first.next_at) == (PAUSED, at("03-13 09:00"))
    second = still(resume(first, at("03-09 09:00"), CHINA), at("03-10 09:00"), limit)
    assert second.next_at == at("03-14 09:00")  # six of ten days are used
    over = resume(second, at("03-14 09:00"), CHINA)
    assert pause(over, "villager", at("03-15 09:00"), limit, CHINA) is None
    assert pause(over, "hearing", at("03-15 09:00"), limit, CHINA) is not None


def test_a_date_comes_before_the_maximum() -> None:
    one = clock(at("03-02 09:00"), Duration(5, "wd"))
    paused = pause(one, "review", at("03-03 09:00"), LONG, CHINA, at("03-20 09:00"))
    assert paused is not None
    assert paused.next_at == at("03-20 09:00")


def test_the_way_of_the_computation_is_kept() -> None:
    one = clock(at("09-29 17:00"), Duration(2, "wd"))
    going = resume(still(one, at("09-30 09:00")), at("10-09 09:00"), CHINA)
    assert going.explained == (
        "2026-09-29 17:00 + 2个工作日，跳过 10-01…10-07 → 2026-10-08 17:00"
        "；等群众补充停 2026-09-30 09:00…2026-10-09 09:00 → 2026-10-10 17:00"
    )
    later = running([extended(going, Duration(1, "d"), "等配件", at("10-09 10:00"), CHINA)])[0]
    assert later.explained == f"{going.explained}；延期1天 → 2026-10-11 17:00"
    assert reckoned(later, CHINA) == later


def test_an_extension_brings_no_reminder_whose_time_is_past() -> None:
    one = replace(clock(at("03-02 09:00"), Duration(10, "d")), next_step=1)
    later = extended(one, Duration(1, "d"), "等配件", at("03-11 09:00"), CHINA)
    assert [(step.at, step.do) for step in later.steps] == [
        (at("03-13 09:00"), "remind"),
        (at("03-14 09:00"), "escalate"),
    ]


def test_a_provisional_time_is_reckoned_anew_when_the_notice_is_out() -> None:
    """元旦 2027 is a Friday; the notice (here: made up) makes the Monday after it a day off."""
    guessed = clock(at("12-31 10:00"), Duration(3, "wd"))
    assert (guessed.provisional, guessed.due_at.date()) == (True, date(2027, 1, 6))
    year = (date(2027, 1, 1) + timedelta(n) for n in range(365))
    out = [
        (day, day.weekday() < 5 and day not in (date(2027, 1, 1), date(2027, 1, 4))) for day in year
    ]
    sure = reckoned(guessed, Calendar.of([*DAYS, *out]))
    assert (sure.provisional, sure.due_at.date()) == (False, date(2027, 1, 7))
    assert "暂按" in guessed.explained
    assert "暂按" not in sure.explained


@given(st.lists(st.tuples(moments, spans), max_size=4))
def test_moves_survive_the_database(pauses: list[tuple[datetime, timedelta]]) -> None:
    whole = [(start.replace(microsecond=0), lasted) for start, lasted in pauses]
    moves = tuple(Move("villager", start, start + lasted) for start, lasted in whole)
    moves += (Move("等配件", at("03-02 09:00"), by=Duration(3, "wd")),)
    assert decode_moves(encode_moves(moves)) == moves
