"""A clock's time has come: a reminder, a card, the next level, or the end of a pause.

`sweep` works a small slice, so that it never holds up a villager; the caller goes on while there
is more. For each clock:
1. it is looked at again: it may have been stopped since;
2. one that stood still for as long as it may goes on;
3. in the hours in which nobody is to be told (`casework.strike`) it waits for their end;
4. `casework.clocks.fire` says which steps were passed (recorded, not sent) and which is done now;
5. the step is done through the same door as everything else (`perform`);
6. the clock moves on. If anything of this fails, it alone is rolled back and tried later.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from casework.case import Case
from casework.clocks import Clock, Fired, ScheduledStep
from casework.joint.call import CLOCKS, late
from casework.lifecycle import carded
from casework.rights import THE_SERVICE
from casework.strike import deed, next_called, strike
from handlers.acting import perform
from handlers.copy import say
from handlers.timed import cards, reminders
from handlers.turn import Occasion
from storage import cases, clocks, joint, tasks
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
                work(session, begun, book, clock)
        except Exception:
            log.exception("clock %s failed", clock)
            clocks.postpone(session, clock, begun.now + LATER)
            text = say("task.clock_failed", clock=clock)
            tasks.add(session, f"clock:{clock}", text, begun.now)
    return len(found)


def work(session: WriteSession, begun: Moment, book: Book, identity: int) -> None:
    """Work one clock whose time has come."""
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
    else:
        struck = strike(clock, case, book.town, book.calendar, begun.now)
        if struck.resumes:
            _go_on(occasion, case, clock)
        elif struck.waits is not None:
            clocks.move_on(session, identity, clock.next_step, struck.waits)
        elif struck.fired is not None:
            _fire(occasion, case, clock, struck.fired)


def _go_on(occasion: Occasion, case: Case, clock: Clock) -> None:
    """The villager has not answered, the day of the review has come: the case is worked again."""
    key = f"resume:{clock.id}:{len(clock.moves)}"
    perform(occasion, "resume", case, key=key, text=say(f"word.over.{clock.paused_for}"))


def _fire(occasion: Occasion, case: Case, clock: Clock, fired: Fired) -> None:
    for index in fired.skipped:
        event = reminders.event("skip", clock, index)
        note(occasion.session, case.number, event, occasion.now)
    clocks.move_on(occasion.session, clock.id, fired.next_step, fired.next_at)
    if fired.act is not None:
        _do(occasion, case, clock, fired.act, clock.steps[fired.act])


def _called(occasion: Occasion, case: Case, clock: Clock, key: str) -> bool:
    """Before an emergency that nobody takes climbs, the next on duty is called, each once."""
    if clock.name != "acknowledge" or case.urgency != "emergency":
        return False
    history = cases.events_of(case, occasion.session)
    called = {str(event.data.get("person")) for event in history if event.kind == "call"}
    following = next_called(clock, case, called, occasion.town, occasion.now)
    if following is None:
        return False
    name = occasion.town.staff[following].name
    perform(occasion, "call", case, person=following, text=name, key=key)
    return True


def _absent(occasion: Occasion, case: Case, clock: Clock, step: ScheduledStep, key: str) -> None:
    """Who was called and has not come, or not reported: on record, and told above."""
    for call in late(joint.of_case(case, occasion.session), clock.name, clock.due_at):
        card, own = "" if call.form.first else step.card, f"{key}:{call.id}"
        case = perform(occasion, "absent", case, call=call, card=card, clock=clock.name, key=own)
        for part in call.awaited(clock.name) if card else ():
            if part.post:
                cards.follow(occasion, case, card, f"{own}:{part.post}", part.post)


def _do(occasion: Occasion, case: Case, clock: Clock, index: int, step: ScheduledStep) -> None:
    key, name = f"clock:{clock.id}:{index}", deed(clock, step)
    if name == "escalate" and _called(occasion, case, clock, key):
        return
    if name in ("escalate", "press"):
        perform(occasion, name, case, card=step.card, clock=clock.name, key=key)
    elif name == "absent":
        _absent(occasion, case, clock, step, key)
    elif name in ("settle", "supervise"):
        perform(occasion, name, case, key=key, text=step.say)
    elif name == "card":
        decision = carded(occasion.world, case, clock.name, step.card, key)
        letters = reminders.letters(occasion, decision.case, clock, step)
        record(occasion.session, decision, letters, occasion.now, occasion.wall)
    else:
        reminders.remind(occasion, case, clock, index, step)
    if step.card and not case.protected and clock.name not in CLOCKS:
        cards.follow(occasion, case, step.card, key)
