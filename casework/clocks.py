"""Clocks 时限: what is promised from now on, and what follows when a time has come.

Pure: rules and moments in, values out. A clock's row keeps its steps and the index of the next;
`fire` says which of them to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from casework.calendar import SHANGHAI, Calendar
from casework.duration import due
from casework.methods.method import Act, Audience, Card, ClockName, ClockRule, Share

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class ScheduledStep:
    at: datetime
    do: Act
    to: tuple[Audience, ...]
    card: Card = ""

    @property
    def consequence(self) -> bool:
        """Escalation, settling, a card: done even if its time passed during an outage."""
        return self.do != "remind" or self.card != ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock about to be written."""

    name: ClockName
    started_at: datetime
    due_at: datetime
    provisional: bool  # it reaches into a year whose 放假安排 is not known
    explained: str
    steps: tuple[ScheduledStep, ...]

    @property
    def next_at(self) -> datetime | None:
        return self.steps[0].at if self.steps else None

    @property
    def next_step(self) -> int | None:
        return 0 if self.steps else None


@dataclass(frozen=True, slots=True)
class Fired:
    """Indexes of steps: `skipped` go on record only, `act` is done, `next_step` comes next."""

    skipped: tuple[int, ...]
    act: int | None
    next_step: int | None
    next_at: datetime | None


def promise(rule: ClockRule, now: datetime, calendar: Calendar) -> Promise:
    """The clock of `rule`, started `now`."""
    now = now.astimezone(SHANGHAI)
    end = due(now, rule.due, calendar)
    provisional = end.provisional
    steps = []
    for step in rule.steps:
        if isinstance(step.at, Share):
            at = now + (end.at - now) * step.at.percent / 100
        elif step.at.unit == "wd":
            at, unsure = calendar.add_working_days(end.at, step.at.amount)
            provisional = provisional or unsure
        else:
            at = end.at + step.at.length
        steps.append(ScheduledStep(at, step.do, step.to, step.card))
    steps.sort(key=attrgetter("at"))  # stable: at equal times the file's order
    return Promise(rule.name, now, end.at, provisional, end.text, tuple(steps))


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


def encode(steps: Sequence[ScheduledStep]) -> list[list[Any]]:
    """For a JSON column: `[epoch milliseconds, do, [to …], card]`; finer than that is cut off."""
    return [
        [(step.at - _EPOCH) // _MILLISECOND, step.do, list(step.to), step.card] for step in steps
    ]


def decode(rows: Sequence[Sequence[Any]]) -> tuple[ScheduledStep, ...]:
    """The steps that `encode` wrote."""
    return tuple(
        ScheduledStep((_EPOCH + at * _MILLISECOND).astimezone(SHANGHAI), do, tuple(to), card)
        for at, do, to, card in rows
    )
