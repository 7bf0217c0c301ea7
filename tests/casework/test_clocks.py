"""Clocks: what a rule promises, and that every step happens once, in order, and none is lost."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.clocks import Fired, ScheduledStep, decode, encode, fire, promise
from casework.duration import Duration
from casework.methods import ClockRule, Share, Step, shipped

CHINA = Calendar.of((day, works) for day, works, _ in shipped_days(2025, 2026))
START = datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI)

acts = st.sampled_from([("remind", ""), ("remind", "yellow"), ("escalate", "red"), ("settle", "")])
plans = st.lists(st.tuples(st.integers(0, 50), acts), max_size=8).map(
    lambda plan: tuple(step(hour, *act) for hour, act in sorted(plan, key=lambda item: item[0]))
)


def step(hour: float, do: str = "remind", card: str = "") -> ScheduledStep:
    return ScheduledStep(START + timedelta(hours=hour), do, ("handler",), card)  # type: ignore[arg-type]


def test_a_promise_of_the_default_method() -> None:
    rule = shipped()["zhongjiang"].rule("settle", "grievance", "路灯", "ordinary", "grid")
    made = promise(rule, START, CHINA)
    assert (made.name, made.started_at, made.provisional) == ("settle", START, False)
    assert made.due_at == START + timedelta(days=5)
    assert made.explained == "2026-03-10 09:00 + 5天 → 2026-03-15 09:00"
    assert [(s.at - START, s.do, s.to, s.card) for s in made.steps] == [
        (timedelta(days=4), "remind", ("handler",), ""),
        (timedelta(days=5), "remind", ("handler",), ""),
        (timedelta(days=6), "escalate", ("supervisor",), "yellow"),
    ]
    assert (made.next_step, made.next_at) == (0, START + timedelta(days=4))


def test_steps_are_sorted_and_equal_times_keep_the_rules_order() -> None:
    rule = ClockRule(
        "settle",
        Duration(2, "h"),
        (
            Step(Duration(1, "h"), "escalate", ("supervisor",)),
            Step(Duration(0, "min"), "remind", ("handler",)),
            Step(Duration(0, "min"), "escalate", ("supervisor",)),
            Step(Share(25), "remind", ("handler",)),
        ),
    )
    made = promise(rule, START.astimezone(UTC), CHINA)
    assert [((s.at - START) / timedelta(hours=1), s.do) for s in made.steps] == [
        (0.5, "remind"),
        (2, "remind"),
        (2, "escalate"),
        (3, "escalate"),
    ]
    assert all(s.at.tzinfo is SHANGHAI for s in made.steps)


def test_steps_in_working_days_know_the_holidays() -> None:
    rule = ClockRule(
        "reply",
        Duration(3, "wd"),
        (
            Step(Duration(-1, "wd"), "remind", ("handler",)),
            Step(Duration(1, "wd"), "escalate", ("supervisor",)),
        ),
    )
    made = promise(rule, datetime(2026, 9, 30, 17, tzinfo=SHANGHAI), CHINA)
    assert [s.at.isoformat(" ", "minutes")[5:16] for s in made.steps] == [
        "10-09 17:00",
        "10-12 17:00",
    ]


def test_a_promise_is_provisional_if_only_a_step_reaches_the_unannounced_year() -> None:
    rule = ClockRule(
        "reply", Duration(1, "d"), (Step(Duration(1, "wd"), "escalate", ("supervisor",)),)
    )
    assert promise(rule, datetime(2026, 12, 30, 9, tzinfo=SHANGHAI), CHINA).provisional


def test_a_promise_without_steps_waits_for_nothing() -> None:
    made = promise(ClockRule("reply", Duration(1, "d"), ()), START, CHINA)
    assert (made.next_step, made.next_at) == (None, None)


# next: the step that the clock has come to; now: hours after the start
@pytest.mark.parametrize(
    ("plan", "next_step", "now", "skipped", "act", "following"),
    [
        ("remind@4 remind@5 escalate@6", 0, 3, (), None, 0),
        ("remind@4 remind@5 escalate@6", 0, 4, (), 0, 1),
        ("remind@4 remind@5 escalate@6", 1, 4, (), None, 1),
        ("remind@4 remind@5 escalate@6", 0, 5, (0,), 1, 2),
        ("remind@4 remind@5 escalate@6", 0, 9, (0, 1), 2, None),
        ("remind@4 remind@5 escalate@6", 2, 9, (), 2, None),
        # one level at a time, and what lies behind a consequence waits its turn
        ("escalate@1 remind@2 escalate@3", 0, 9, (), 0, 1),
        ("escalate@1 remind@2 escalate@3", 1, 9, (1,), 2, None),
        ("escalate@1 remind@2 remind@3", 1, 9, (1,), 2, None),
        # a card is a consequence, whatever brings it
        ("remind@1 remind/yellow@2 remind@3", 0, 9, (0,), 1, 2),
        ("settle@1", 0, 1, (), 0, None),
        ("settle@1", 1, 9, (), None, None),
    ],
)
def test_fire(
    plan: str,
    next_step: int,
    now: int,
    skipped: tuple[int, ...],
    act: int | None,
    following: int | None,
) -> None:
    steps = []
    for part in plan.split():
        what, at = part.split("@")
        do, _, card = what.partition("/")
        steps.append(step(int(at), do, card))
    next_at = None if following is None else steps[following].at
    fired = fire(steps, next_step, START + timedelta(hours=now))
    assert fired == Fired(skipped, act, following, next_at)


def sweep(steps: tuple[ScheduledStep, ...], times: list[float]) -> tuple[list[int], list[int]]:
    """The steps acted and skipped when the clock is looked at at these times, as often as due."""
    acted: list[int] = []
    skipped: list[int] = []
    next_step: int | None = 0 if steps else None
    for time in sorted(times):
        now = START + timedelta(hours=time)
        while next_step is not None and steps[next_step].at <= now:
            fired = fire(steps, next_step, now)
            assert fired.act is not None
            assert [*fired.skipped, fired.act] == list(range(next_step, fired.act + 1))
            assert fired.next_at == (None if fired.next_step is None else steps[fired.next_step].at)
            skipped += fired.skipped
            acted.append(fired.act)
            next_step = fired.next_step
    return acted, skipped


@given(plans, st.lists(st.floats(0, 60), max_size=12))
def test_every_step_once_and_in_order_whenever_the_sweeps_come(
    steps: tuple[ScheduledStep, ...], times: list[float]
) -> None:
    acted, skipped = sweep(steps, [*times, 60])
    assert sorted(acted + skipped) == list(range(len(steps)))
    assert acted == sorted(acted)
    assert skipped == sorted(skipped)
    assert not any(steps[index].consequence for index in skipped)


@given(plans)
def test_swept_at_each_moment_only_reminders_of_the_same_moment_are_skipped(
    steps: tuple[ScheduledStep, ...],
) -> None:
    _, skipped = sweep(steps, [(s.at - START) / timedelta(hours=1) for s in steps])
    assert all(steps[index].at == steps[index + 1].at for index in skipped)


@given(plans)
def test_an_outage_costs_only_reminders(steps: tuple[ScheduledStep, ...]) -> None:
    acted, _ = sweep(steps, [60])
    consequences = [index for index, one in enumerate(steps) if one.consequence]
    assert set(consequences) <= set(acted)
    assert not any(
        not steps[one].consequence and not steps[two].consequence for one, two in pairwise(acted)
    )


@given(plans)
def test_steps_survive_the_database(steps: tuple[ScheduledStep, ...]) -> None:
    assert decode(encode(steps)) == steps


def test_what_is_stored_is_plain_and_cut_to_milliseconds() -> None:
    moment = datetime(2026, 3, 10, 1, 0, 0, 123999, tzinfo=UTC)
    rows = encode([ScheduledStep(moment, "remind", ("handler", "supervisor"))])
    assert rows == [[1773104400123, "remind", ["handler", "supervisor"], "", "0min"]]
    assert decode(rows)[0].at == moment.replace(microsecond=123000)
