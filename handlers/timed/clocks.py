"""A clock's time has come: a reminder, a card, the next level.

`sweep` works a small slice, so that it never holds up a villager; the caller goes on while there
is more. For each clock:
1. it is looked at again: it may have been stopped since;
2. `casework.clocks.fire` says which steps were passed (recorded, not sent) and which is done now;
3. the step is done through the same door as everything else (`perform`);
4. the clock moves on. If anything of this fails, it alone is rolled back and tried later.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from casework.case import Case, Event
from casework.clocks import ScheduledStep, decode, fire
from casework.lifecycle import carded
from casework.rights import THE_SERVICE
from handlers import telling, wording
from handlers.acting import perform
from handlers.copy import say
from handlers.turn import Occasion
from storage import cases, clocks
from storage.book import Book
from storage.clock import Clock
from storage.database import Moment
from storage.record import Letter, note, post, record
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
    return len(found)


def _strike(session: WriteSession, begun: Moment, book: Book, identity: int) -> None:
    clock = clocks.running(session, identity)
    if clock is None:
        return
    steps = decode(clock.steps)
    fired = fire(steps, clock.next_step, begun.now)
    occasion = Occasion(
        actor=THE_SERVICE,
        now=begun.now,
        wall=begun.wall,
        book=book,
        session=session,
        origin=f"c{identity}.{fired.act}",
    )
    case = cases.take(occasion.viewer, session, clock.case_number)
    if case is None or fired.act is None:
        clocks.move_on(session, identity, fired.next_step, fired.next_at)
        return
    for step in fired.skipped:
        note(session, case.number, _event("skip", clock, step), begun.now)
    clocks.move_on(session, identity, fired.next_step, fired.next_at)
    _do(occasion, case, clock, fired.act, steps[fired.act])


def _do(occasion: Occasion, case: Case, clock: Clock, index: int, step: ScheduledStep) -> None:
    key = f"clock:{clock.id}:{index}"
    if step.do == "escalate":
        name = "press" if clock.name == "decide" else "escalate"
        perform(occasion, name, case, card=step.card, clock=clock.name, key=key)
    elif step.do == "settle":
        perform(occasion, "settle", case, key=key)
    elif step.card:
        decision = carded(occasion.world, case, clock.name, step.card, key)
        letters = _reminders(occasion, decision.case, clock, step)
        record(occasion.session, decision, letters, occasion.now, occasion.wall)
    else:
        note(occasion.session, case.number, _event("remind", clock, index), occasion.now)
        post(
            occasion.session,
            _reminders(occasion, case, clock, step),
            occasion.now,
            occasion.wall,
            case.number,
        )


def _reminders(occasion: Occasion, case: Case, clock: Clock, step: ScheduledStep) -> list[Letter]:
    """To each that the method names, in their words; nobody twice."""
    importance = "urgent" if step.card and case.urgency == "ordinary" else case.urgency
    read_at = telling.not_before(occasion.town, case.urgency, occasion.now)
    words = {
        **telling.case_words(case, occasion),
        "clock": say(f"word.clock.{clock.name}"),
        "left": wording.left(clock.due_at, read_at),
        "due": wording.when(clock.due_at, occasion.now),
        "next": say(f"remind.{clock.name}", number=case.number),
        "card_name": say(f"word.card.{step.card}") if step.card else "",
    }
    found: dict[str, Letter] = {}
    for audience in step.to:
        post_id = _post(occasion, case, audience)
        sentence = _sentence(clock, step, audience)
        for letter in telling.to_post(occasion, case, post_id, sentence, words, importance):
            found.setdefault(letter.recipient, letter)
    return list(found.values())


def _sentence(clock: Clock, step: ScheduledStep, audience: str) -> str:
    if step.card:
        return "carded"
    if clock.name == "decide":
        return "reminded_to_decide"
    return "reminded" if audience == "handler" else "reminded_above"


def _post(occasion: Occasion, case: Case, audience: str) -> str:
    if audience == "handler" or case.protected:
        return case.lead_post
    if audience == "supervisor":
        return telling.supervisor(case, occasion.town)
    return occasion.town.intake


def _event(kind: str, clock: Clock, step: int) -> Event:
    return Event(
        kind,
        THE_SERVICE.label,
        data={"clock": clock.name, "step": step},
        key=f"clock:{clock.id}:{step}",
    )
