"""A clock's time has come: what is done with it now, and what its step is as an action.

The sweep does it with rows, a trial of a method with what is recorded; both ask here.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.calendar import Calendar
from casework.case import Case
from casework.clocks import PAUSED, Clock, Fired, ScheduledStep, fire
from casework.cover import on_call
from casework.hours import opening
from casework.joint.call import CLOCKS
from casework.routing import answering
from casework.town import Town

# what follows where the case itself does not climb
_MISSED: Final = {"decide": "press", **dict.fromkeys(CLOCKS, "absent")}


@dataclass(frozen=True, slots=True)
class Strike:
    """One of three: the clock goes on after a pause; it waits until people may be told; it fires."""

    resumes: bool = False
    waits: datetime | None = None
    fired: Fired | None = None


def strike(clock: Clock, case: Case, town: Town, calendar: Calendar, now: datetime) -> Strike:
    """What a clock that is due comes to `now`."""
    if clock.state == PAUSED:
        return Strike(resumes=True)
    awake = opening(town, calendar, case.urgency, now)
    if awake > now:
        return Strike(waits=awake)
    return Strike(fired=fire(clock.steps, clock.next_step or 0, now))


def deed(clock: Clock, step: ScheduledStep) -> str:
    """The action of `actions.ACTIONS` that a step is; `remind` is none, it is only told."""
    if step.do == "escalate":
        return _MISSED.get(clock.name, "escalate")
    if step.do == "remind" and step.card:
        return "card"
    return step.do


def next_called(
    clock: Clock, case: Case, called: Set[str], town: Town, now: datetime
) -> str | None:
    """Who is called before an emergency that nobody takes climbs: the next on duty who was not
    `called` yet."""
    if clock.name != "acknowledge" or case.urgency != "emergency" or case.protected:
        return None
    line = on_call(town, answering(town, case.lead_post), now)
    return next((person for person in line if person not in called), None)
