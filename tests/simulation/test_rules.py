"""The checker can fail: each rule against a history in which just one thing was doctored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from casework.calendar import SHANGHAI
from tests.simulation.history import File, Line, Mail, Moved, Planned, Timer
from tests.simulation.reckoning import Days
from tests.simulation.rules import RULES, Town, broken

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN = ((time(8, 30), time(12)), (time(14), time(17, 30)))

DAYS = Days(
    works=lambda day: day.weekday() < 5, spans=lambda day: OPEN if day.weekday() < 5 else ()
)
TOWN = Town(
    days=DAYS,
    end=MONDAY + 30 * DAY,
    above={"grid": ("village", "town"), "village": ("town",), "town": ()},
    levels={"grid": "grid", "village": "village", "town": "township"},
    rungs={"m@1": frozenset({"grid", "village", "township"})},
    holders={
        "grid": frozenset({"li"}),
        "village": frozenset({"wang"}),
        "town": frozenset({"zhao"}),
    },
)
ROW: dict[str, Any] = {
    "number": 1001, "state": "settled", "urgency": "ordinary", "lead_post": "village",
    "method": "m@1", "recused": "", "urged": 0, "extended": 0, "supervised": 0, "reopened": 0,
    "bad_ratings": 0, "yellow_cards": 1, "red_cards": 0,
}  # fmt: skip


def line(identity: int, at: datetime, kind: str, key: str | None = None, **data: Any) -> Line:
    actor = "staff:li" if key is None else "system"
    return Line(identity, at, kind, actor, "", data, key)


def step(at: datetime, do: str, card: str = "") -> Planned:
    return Planned(at, do, card, "0min", "message")


def timer(
    identity: int, name: str, level: str, began: datetime, due: str, *steps: Planned, **more: Any
) -> Timer:
    stopped = more.pop("stopped_at", None)
    made = Timer(
        identity, name, level, "running" if stopped is None else "stopped", began,
        DAYS.due(began, due, ()), stopped, due, (), steps, None, None, None,
    )  # fmt: skip
    return replace(made, **more)


def letter(key: str, at: datetime, channel: str = "wecom", sent: datetime | None = None) -> Mail:
    return Mail(key, channel, "li", 2, "sent", at, sent or at)


def story() -> File:
    """A matter that nobody settled in time in the grid: three reminders, of which one was passed over
    during an outage; it climbed with a yellow card, and the village settled it."""
    up = MONDAY + 6 * DAY + 24 * HOUR  # the sixth day is a Sunday: told on Monday the 9th
    answered, over = up + 2 * HOUR, up + 3 * DAY + 2 * HOUR
    settle = timer(
        1, "settle", "grid", MONDAY, "5d",
        step(MONDAY + 2 * DAY, "remind"), step(MONDAY + 3 * DAY, "remind"),
        step(MONDAY + 3 * DAY + HOUR / 2, "remind"), step(up, "escalate", "yellow"),
        stopped_at=up,
    )  # fmt: skip
    above = timer(
        2, "settle", "village", up, "5d", step(up + 4 * DAY, "remind"), stopped_at=answered
    )
    silence = timer(3, "silence", "village", answered, "3d", step(over, "settle"), stopped_at=over)
    late = MONDAY + 3 * DAY + HOUR
    return File(
        ROW,
        (
            line(1, MONDAY, "open", post="grid"),
            line(2, MONDAY + HOUR, "accept", state="handling", post="grid"),
            line(3, MONDAY + 2 * DAY, "remind", "clock:1:0"),
            line(4, late, "skip", "clock:1:1"),
            line(5, late, "remind", "clock:1:2"),
            line(
                6, up, "escalate", "clock:1:3",
                state="assigned", post="village", card="yellow", of="grid",
            ),
            line(7, answered, "conclude", state="answered", post="village"),
            line(8, over, "settle", "clock:3:0", state="settled", post="village"),
        ),
        (settle, above, silence),
        (
            letter("c1.0:1001:reminded:li", MONDAY + 2 * DAY),
            letter("c1.1:1001:reminded:li", late),
            letter("c1.3:1001:escalated_to_you:wang", up),
        ),
    )  # fmt: skip


GAPS = replace(TOWN, days=replace(DAYS, gaps=((MONDAY + 3 * DAY - HOUR, MONDAY + 3 * DAY + HOUR),)))


def found(file: File, town: Town = GAPS) -> set[str]:
    return {each.rule for each in broken(file, town)}


def test_a_right_story_breaks_no_rule() -> None:
    assert [str(each) for each in broken(story(), GAPS)] == []


Doctor = Callable[[File], File]


def lines(file: File, change: Callable[[Line], Line | None]) -> File:
    changed = (change(each) for each in file.lines)
    return replace(file, lines=tuple(each for each in changed if each is not None))


def at_line(number: int, **different: Any) -> Doctor:
    return lambda file: lines(
        file, lambda each: replace(each, **different) if each.id == number else each
    )


def without_line(number: int) -> Doctor:
    return lambda file: lines(file, lambda each: None if each.id == number else each)


def with_line(extra: Line) -> Doctor:
    return lambda file: replace(
        file, lines=tuple(sorted((*file.lines, extra), key=lambda each: (each.at, each.id)))
    )


def with_row(**different: Any) -> Doctor:
    return lambda file: replace(file, row={**file.row, **different})


def with_timer(identity: int, **different: Any) -> Doctor:
    return lambda file: replace(
        file,
        timers=tuple(
            replace(each, **different) if each.id == identity else each for each in file.timers
        ),
    )


def with_letter(extra: Mail) -> Doctor:
    return lambda file: replace(file, letters=(*file.letters, extra))


def data(number: int, **different: Any) -> Doctor:
    return lambda file: lines(
        file,
        lambda each: replace(each, data={**each.data, **different}) if each.id == number else each,
    )


UP = story().lines[5].at
MOVE = Moved("villager", MONDAY + HOUR, MONDAY + 2 * HOUR, None)


@pytest.mark.parametrize(
    ("doctor", "rule"),
    [
        # each step exactly once, in order, as what it is, not before its time
        (with_line(line(99, MONDAY + 2 * DAY, "remind", "clock:1:0")), "steps_once_and_in_order"),
        (at_line(3, key="clock:1:1"), "steps_once_and_in_order"),
        (at_line(6, kind="remind"), "steps_once_and_in_order"),
        (at_line(6, kind="skip"), "steps_once_and_in_order"),
        (at_line(3, at=MONDAY + DAY), "steps_once_and_in_order"),
        # none forgotten, none late without a reason
        (
            lambda file: with_timer(1, stopped_at=UP + HOUR)(without_line(6)(file)),
            "no_step_forgotten",
        ),
        (with_timer(2, state="running", stopped_at=None), "no_step_forgotten"),
        (at_line(3, at=MONDAY + 2 * DAY + 2 * HOUR), "no_step_forgotten"),
        (
            with_timer(2, state="paused", stopped_at=None, paused_at=UP, next_at=UP + DAY),
            "no_step_forgotten",
        ),
        # hours
        (at_line(8, at=UP + 3 * DAY + 14 * HOUR), "nothing_outside_its_hours"),
        (at_line(6, at=UP - DAY), "nothing_outside_its_hours"),  # a Sunday
        (with_letter(letter("m1:1001:urged:li", UP + 14 * HOUR)), "nothing_outside_its_hours"),
        (with_letter(letter("m1:1001:urged:li", UP - DAY)), "nothing_outside_its_hours"),
        (
            with_letter(letter("m1:1001:replied:v1", UP + 14 * HOUR, "wechat")),
            "nothing_outside_its_hours",
        ),
        # nobody reminded of what is over, or while the clock stands still
        (
            with_line(line(99, UP + 9 * DAY, "remind", "clock:2:0")),
            "nobody_reminded_of_what_is_over",
        ),
        (at_line(8, key="clock:2:0"), "nobody_reminded_of_what_is_over"),
        (
            with_letter(letter("c1.0:1001:reminded:wang", MONDAY + 2 * DAY, sent=UP + 7 * DAY)),
            "nobody_reminded_of_what_is_over",
        ),
        (
            with_timer(
                1, moves=(Moved("villager", MONDAY + DAY, MONDAY + 2 * DAY + HOUR, None),)
            ),
            "nobody_reminded_while_the_clock_stands_still",
        ),
        # after an outage the newest only
        (at_line(4, kind="remind"), "only_the_newest_reminder"),
        (at_line(4, at=MONDAY + 3 * DAY), "only_the_newest_reminder"),
        # one level at a time
        (data(6, post="town"), "one_level_at_a_time"),
        (
            with_line(
                line(99, UP, "escalate", "clock:1:4", state="assigned", post="town", card="yellow")
            ),
            "one_level_at_a_time",
        ),
        # always one lead post
        (without_line(1), "always_one_lead_post"),
        (data(7, post="nobody"), "always_one_lead_post"),
        (with_row(lead_post="grid"), "always_one_lead_post"),
        (lambda file: lines(file, lambda e: replace(e, data={}) if e.id == 1 else e), "always_one_lead_post"),
        # the row is what its history amounts to
        (with_row(state="answered"), "the_row_is_what_the_history_amounts_to"),
        (with_row(yellow_cards=2), "the_row_is_what_the_history_amounts_to"),
        (with_row(reopened=1), "the_row_is_what_the_history_amounts_to"),
        (with_timer(3, state="running", stopped_at=None), "the_row_is_what_the_history_amounts_to"),
        # due times, and why they are what they are
        (with_timer(1, due_at=MONDAY + 6 * DAY), "due_times_are_right"),
        (with_timer(1, due="3wd"), "due_times_are_right"),
        (with_timer(1, moves=(MOVE,)), "due_times_are_right"),
        (
            with_line(line(99, MONDAY + 4 * DAY, "conclude", state="handling", post="grid")),
            "each_delay_is_explained",
        ),
        (
            with_timer(1, moves=(MOVE,), due_at=MONDAY + 5 * DAY + HOUR),
            "each_delay_is_explained",
        ),
        (
            with_timer(
                1, moves=(Moved("等配件", MONDAY + HOUR, None, "3d"),), due_at=MONDAY + 8 * DAY
            ),
            "each_delay_is_explained",
        ),
        # who is reminded is told
        (lambda file: replace(file, letters=file.letters[1:]), "who_is_reminded_is_told"),
    ],
)  # fmt: skip
def test_what_was_doctored_is_found(doctor: Doctor, rule: str) -> None:
    assert rule in found(doctor(story()))


def test_each_rule_is_tried() -> None:
    marks = getattr(test_what_was_doctored_is_found, "pytestmark")  # noqa: B009
    tried = {rule for mark in marks for _, rule in mark.args[1]}
    assert tried == {rule.__name__ for rule in RULES}


def test_without_the_outage_the_delay_is_a_fault() -> None:
    assert found(story(), TOWN) == {"no_step_forgotten"}


def test_a_broken_rule_shows_the_case_with_its_history() -> None:
    (first, *_) = broken(with_row(reopened=1)(story()), GAPS)
    said = str(first)
    assert said.startswith("the_row_is_what_the_history_amounts_to: reopened is 1")
    assert "'number': 1001" in said
    assert "clock:1:3" in said
    assert "clock 1 settle@grid stopped" in said
    assert "letter c1.3:1001:escalated_to_you:wang" in said
