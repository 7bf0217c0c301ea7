"""Clocks 时限: what is promised from now on, and what follows when a time has come.

Pure: rules and moments in, values out. A clock's row keeps its steps and the index of the next;
`fire` says which of them to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from casework.calendar import SHANGHAI, Calendar
from casework.duration import Duration, due, elapsed, minute, move, shift
from casework.methods.method import (
    Act,
    Audience,
    Card,
    Channel,
    ClockName,
    ClockRule,
    Share,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_WHY = {"villager": "等群众补充", "review": "挂账", "hearing": "听证"}

RUNNING: Final = "running"
PAUSED: Final = "paused"
STOPPED: Final = "stopped"


@dataclass(frozen=True, slots=True)
class ScheduledStep:
    at: datetime
    do: Act
    to: tuple[Audience, ...]
    card: Card = ""
    by: Channel = "message"
    say: str = ""
    place: str = "0min"  # where it stands by the rule: "-1wd" from the due time, "50%" of the way

    @property
    def consequence(self) -> bool:
        """Escalation, settling, a card: done even if its time passed during an outage."""
        return self.do != "remind" or self.card != ""


@dataclass(frozen=True, slots=True)
class Move:
    """What has moved a due time: a pause that is over, or (`by`) an extension."""

    why: str  # of a pause its reason
    since: datetime
    until: datetime | None = None
    by: Duration | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock about to be written."""

    name: ClockName
    started_at: datetime
    due_at: datetime
    provisional: bool  # it reaches into a year whose 放假安排 is not known
    explained: str
    steps: tuple[ScheduledStep, ...]
    due: Duration
    moves: tuple[Move, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        return self.steps[0].at if self.steps else None

    @property
    def next_step(self) -> int | None:
        return 0 if self.steps else None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as it stands in its row. While it is paused, `next_at` is when it goes on by itself."""

    id: int
    case_number: int
    name: ClockName
    level: str
    state: str  # running | paused | stopped
    started_at: datetime
    due_at: datetime
    provisional: bool
    explained: str
    due: Duration
    moves: tuple[Move, ...]
    steps: tuple[ScheduledStep, ...]
    next_step: int | None
    next_at: datetime | None
    paused_at: datetime | None = None
    paused_for: str = ""


@dataclass(frozen=True, slots=True)
class Fired:
    """Indexes of steps: `skipped` go on record only, `act` is done, `next_step` comes next."""

    skipped: tuple[int, ...]
    act: int | None
    next_step: int | None
    next_at: datetime | None


def promise(
    rule: ClockRule, now: datetime, calendar: Calendar, given: Duration | None = None
) -> Promise:
    """The clock of `rule`, started `now`; due after `given` where a person has said how long."""
    start, length = now.astimezone(SHANGHAI), given or rule.due
    end = due(start, length, calendar)
    provisional, steps = end.provisional, []
    for step in rule.steps:
        at, unsure = _at(step.at, start, end.at, calendar)
        provisional = provisional or unsure
        steps.append(
            ScheduledStep(at, step.do, step.to, step.card, step.by, step.say, step.at.code)
        )
    steps.sort(key=attrgetter("at"))  # stable: at equal times the file's order
    return Promise(rule.name, start, end.at, provisional, end.text, tuple(steps), length)


def _at(
    place: Duration | Share, start: datetime, end: datetime, calendar: Calendar
) -> tuple[datetime, bool]:
    if isinstance(place, Share):
        return start + (end - start) * place.percent / 100, False
    return shift(end, place, calendar)


# --- pauses, extensions, a calendar that has become known ---------------------------------------


def pause(
    clock: Clock,
    why: str,
    now: datetime,
    limit: Duration,
    calendar: Calendar,
    until: datetime | None = None,
) -> Clock | None:
    """The clock, standing still from `now`: `until` a date, and at most for `limit` in all, however
    often it is paused for the same reason. None if it has used that up."""
    used = sum(
        (
            elapsed(each.since, each.until, limit.unit, calendar)
            for each in clock.moves
            if each.until is not None and each.why == why
        ),
        timedelta(),
    )
    left = limit.length - used
    if left <= timedelta():
        return None
    longest = move(now, left, limit.unit, calendar)
    return replace(
        clock,
        state=PAUSED,
        paused_at=now,
        paused_for=why,
        next_at=longest if until is None else min(longest, until),
    )


def resume(clock: Clock, now: datetime, calendar: Calendar) -> Clock:
    """The clock, going on: its due time and what is still to come are later by what the pause has
    lasted in the clock's own unit."""
    if clock.paused_at is None:
        return clock
    moves = (*clock.moves, Move(clock.paused_for, clock.paused_at, now))
    going = replace(clock, state=RUNNING, moves=moves, paused_at=None, paused_for="")
    return reckoned(going, calendar)


def reckoned(clock: Clock, calendar: Calendar) -> Clock:
    """The clock with its times computed anew from what they follow from: the start, the length,
    what has moved it since, the calendar as it is known now. Steps that were taken stay."""
    end = due(clock.started_at, clock.due, calendar)
    at, provisional, text = end.at, end.provisional, end.text
    for moved in clock.moves:
        at, unsure, said = _moved(at, moved, clock.due, calendar)
        provisional, text = provisional or unsure, f"{text}；{said} → {minute(at)}"
    steps = list(clock.steps)
    taken = len(steps) if clock.next_step is None else clock.next_step
    for index in range(taken, len(steps)):
        comes, unsure = _at(_place(steps[index]), clock.started_at, at, calendar)
        if index > taken:  # the order in which they were written stays theirs
            comes = max(comes, steps[index - 1].at)
        provisional = provisional or unsure
        steps[index] = replace(steps[index], at=comes)
    following = clock.next_at
    if clock.state != PAUSED:
        following = steps[taken].at if taken < len(steps) else None
    return replace(
        clock,
        due_at=at,
        provisional=provisional,
        explained=text,
        steps=tuple(steps),
        next_at=following,
    )


def prolonged(clock: Clock, by: Duration, why: str, now: datetime, calendar: Calendar) -> Clock:
    """A clock that stands still, due later."""
    return reckoned(replace(clock, moves=(*clock.moves, Move(why, now, by=by))), calendar)


def extended(clock: Clock, by: Duration, why: str, now: datetime, calendar: Calendar) -> Promise:
    """The same clock, later: its steps move with its due time. Reminders come again, if their time
    is still to come; a card that was given is not given twice."""
    moves = (*clock.moves, Move(why, now, by=by))
    taken = len(clock.steps) if clock.next_step is None else clock.next_step
    later = reckoned(replace(clock, moves=moves, next_step=0, state=RUNNING), calendar)
    steps = tuple(
        step
        for index, step in enumerate(later.steps)
        if index >= taken or (not step.consequence and step.at > now)
    )
    return Promise(
        clock.name,
        clock.started_at,
        later.due_at,
        later.provisional,
        later.explained,
        steps,
        clock.due,
        moves,
    )


def _moved(
    at: datetime, moved: Move, length: Duration, calendar: Calendar
) -> tuple[datetime, bool, str]:
    if moved.by is not None:
        later, unsure = shift(at, moved.by, calendar)
        return later, unsure, f"延期{moved.by}"
    assert moved.until is not None
    since, until = moved.since.astimezone(SHANGHAI), moved.until.astimezone(SHANGHAI)
    lasted = elapsed(since, until, length.unit, calendar)
    later = move(at, lasted, length.unit, calendar)
    counted = length.unit in ("wd", "wh", "ewd")
    unsure = counted and not calendar.is_certain(min(since, at).date(), later.date())
    why = _WHY.get(moved.why, moved.why)
    return later, unsure, f"{why}停 {minute(since)}…{minute(until)}"


def _place(step: ScheduledStep) -> Duration | Share:
    if step.place.endswith("%"):
        return Share(int(step.place[:-1]))
    return Duration.coded(step.place)


# --- what is done when a time has come ----------------------------------------------------------


def fire(steps: Sequence[ScheduledStep], next_step: int, now: datetime) -> Fired:
    """What to do `now` with a clock that has come to `next_step`.

    1. Nothing is due: only say when something will be.
    2. A consequence is due: it is done, alone; reminders before it have lost their meaning;
       what lies behind it waits for the next sweep, so that levels are climbed one at a time.
    3. Reminders are due: the newest is sent, those before it are skipped.
    """
    end = next_step
    while end < len(steps) and steps[end].at <= now:
        end += 1
        if steps[end - 1].consequence:
            break
    following = steps[end].at if end < len(steps) else None
    remaining = end if end < len(steps) else None
    if end == next_step:
        return Fired((), None, remaining, following)
    return Fired(tuple(range(next_step, end - 1)), end - 1, remaining, following)


# --- as a row keeps it --------------------------------------------------------------------------


def encode(steps: Sequence[ScheduledStep]) -> list[list[Any]]:
    """For a JSON column: `[epoch milliseconds, do, [to …], card, place]`, and where they say
    something `by, say`; finer than milliseconds is cut off."""
    return [
        [_milliseconds(step.at), step.do, list(step.to), step.card, step.place]
        + ([] if step.by == "message" and not step.say else [step.by, step.say])
        for step in steps
    ]


def decode(rows: Sequence[Sequence[Any]]) -> tuple[ScheduledStep, ...]:
    """The steps that `encode` wrote."""
    return tuple(_step(*row) for row in rows)


def _step(
    at: int,
    do: Act,
    to: list[Audience],
    card: Card,
    place: str,
    by: Channel = "message",
    say: str = "",
) -> ScheduledStep:
    return ScheduledStep(_moment(at), do, tuple(to), card, by, say, place)


def encode_moves(moves: Sequence[Move]) -> list[list[Any]]:
    """`[why, since, until, by]`, each null where there is none."""
    return [
        [
            each.why,
            _milliseconds(each.since),
            None if each.until is None else _milliseconds(each.until),
            None if each.by is None else each.by.code,
        ]
        for each in moves
    ]


def decode_moves(rows: Sequence[Sequence[Any]]) -> tuple[Move, ...]:
    return tuple(
        Move(
            why,
            _moment(since),
            None if until is None else _moment(until),
            None if by is None else Duration.coded(by),
        )
        for why, since, until, by in rows
    )


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _moment(milliseconds: int) -> datetime:
    return (_EPOCH + milliseconds * _MILLISECOND).astimezone(SHANGHAI)
