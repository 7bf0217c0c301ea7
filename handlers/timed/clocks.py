"""A clock's time has come: a reminder, a card, the next level, or the end of a pause.

`sweep` works a small slice, so that it never holds up a villager; the caller goes on while there
is more. For each clock:
1. it is looked at again: it may have been stopped since;
2. one that stood still for as long as it may goes on;
3. in the hours in which nobody is to be told (`casework.hours`) it waits for their end;
4. `casework.clocks.fire` says which steps were passed (recorded, not sent) and which is done now;
5. the step is done through the same door as everything else (`perform`);
6. the clock moves on. If anything of this fails, it alone is rolled back and tried later.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from casework.case import Case
from casework.clocks import PAUSED, Clock, ScheduledStep, fire
from casework.cover import on_call
from casework.hours import opening
from casework.lifecycle import carded
from casework.rights import THE_SERVICE
from casework.routing import answering
from handlers.acting import perform
from handlers.copy import say
from handlers.timed import cards, reminders
from handlers.turn import Occasion
from storage import cases, clocks, tasks
from storage.book import Book
from storage.database import Moment
from storage.record import note, record
from storage.session import WriteSession

log = logging.getLogger("xiaoge.clocks")

SLICE: Final = 20
LATER: Final = timedelta(minutes=10)


def sweep(session: WriteSession, begun: Moment, book: Book) -> int:
    """Work the clocks that are due, a slice of them; says how many."""
    found = clocks.due(session, begun.now, SLICE)
    for clock in found:
        try:
            with session.nested():
                _strike(session, begun, book, clock)
        except Exception:
            log.exception("clock %s failed", clock)
            clocks.postpone(session, clock, begun.now + LATER)
            text = say("task.clock_failed", clock=clock)
            tasks.add(session, f"clock:{clock}", text, begun.now)
    return len(found)


def _strike(session: WriteSession, begun: Moment, book: Book, identity: int) -> None:
    clock = clocks.find(session, identity)
    if clock is None:
        return
    occasion = Occasion(
        actor=THE_SERVICE,
        now=begun.now,
        wall=begun.wall,
        book=book,
        session=session,
        origin=f"c{identity}.{clock.next_step}",
    )
    case = cases.take(occasion.viewer, session, clock.case_number)
    if case is None or clock.next_at is None:
        clocks.move_on(session, identity, clock.next_step, None)
    elif clock.state == PAUSED:
        _go_on(occasion, case, clock)
    else:
        awake = opening(book.town, book.calendar, case.urgency, begun.now)
        if awake > begun.now:
            clocks.move_on(session, identity, clock.next_step, awake)
        else:
            _fire(occasion, case, clock)


def _go_on(occasion: Occasion, case: Case, clock: Clock) -> None:
    """The villager has not answered, the day of the review has come: the case is worked again."""
    key = f"resume:{clock.id}:{len(clock.moves)}"
    perform(occasion, "resume", case, key=key, text=say(f"word.over.{clock.paused_for}"))


def _fire(occasion: Occasion, case: Case, clock: Clock) -> None:
    fired = fire(clock.steps, clock.next_step or 0, occasion.now)
    for index in fired.skipped:
        event = reminders.event("skip", clock, index)
        note(occasion.session, case.number, event, occasion.now)
    clocks.move_on(occasion.session, clock.id, fired.next_step, fired.next_at)
    if fired.act is not None:
        _do(occasion, case, clock, fired.act, clock.steps[fired.act])


def _called(occasion: Occasion, case: Case, clock: Clock, key: str) -> bool:
    """Before an emergency that nobody takes climbs, the next on duty is called, each once."""
    if clock.name != "acknowledge" or case.urgency != "emergency" or case.protected:
        return False
    line = on_call(occasion.town, answering(occasion.town, case.lead_post), occasion.now)
    history = cases.events_of(case, occasion.session)
    called = {event.data.get("person") for event in history if event.kind == "call"}
    following = next((person for person in line if person not in called), None)
    if following is None:
        return False
    name = occasion.town.staff[following].name
    perform(occasion, "call", case, person=following, text=name, key=key)
    return True


def _do(occasion: Occasion, case: Case, clock: Clock, index: int, step: ScheduledStep) -> None:
    key = f"clock:{clock.id}:{index}"
    if step.do == "escalate" and _called(occasion, case, clock, key):
        return
    if step.do == "escalate":
        name = "press" if clock.name == "decide" else "escalate"
        perform(occasion, name, case, card=step.card, clock=clock.name, key=key)
    elif step.do in ("settle", "supervise"):
        perform(occasion, step.do, case, key=key, text=step.say)
    elif step.card:
        decision = carded(occasion.world, case, clock.name, step.card, key)
        letters = reminders.letters(occasion, decision.case, clock, step)
        record(occasion.session, decision, letters, occasion.now, occasion.wall)
    else:
        reminders.remind(occasion, case, clock, index, step)
    if step.card and not case.protected:
        cards.follow(occasion, case, step.card, key)
