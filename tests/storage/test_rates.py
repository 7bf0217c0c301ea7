"""三率: each rate with what it is a part of, by the post that leads, within the viewer's scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from casework.case import Decision, Event
from casework.rights import Viewer
from storage.database import Database, Moment
from storage.figures import Asked, Rates, figures_of, rates_of
from storage.record import record
from storage.session import WriteSession
from tests.storage.town import HOUR, MONDAY, case, file, opened, promise, staff

NOW = MONDAY + 48 * HOUR


def stop(database: Database, number: int, at: datetime) -> None:
    """The clocks of a case end then."""
    known = case(number)
    decision = Decision("reply", known, known, (Event("reply", "staff:li"),), stop=("*",))

    def work(session: WriteSession, _: Moment) -> None:
        record(session, decision, (), at, at)

    database.write("stop", work).result(10)


def become(database: Database, number: int, **different: Any) -> None:
    """What came of a case."""
    before = next(each for each in FILED if each.number == number)
    after = replace(before, **different)
    file(database, Decision("rate", before, after, (Event("rate", "villager:1"),)))


ELSEWHERE = {"lead_post": "qingshan-lead", "first_post": "qingshan-lead"}
SECRET = case(48_151_623, protected=True, lead_post="discipline", first_post="discipline")
FILED = [
    *(case(number) for number in (1001, 1002, 1003, 1005, 1007)),
    *(case(number, **ELSEWHERE) for number in (1004, 1006)),
    SECRET,
]


@pytest.fixture
def filed(database: Database) -> Database:
    contact, accept = promise("contact", 1), promise("acknowledge", 1)
    clocks = {1001: [contact, accept], 1002: [contact, accept]}
    clocks[1005] = [replace(accept, due_at=NOW + HOUR)]  # its time is still to come
    file(database, *(opened(each, *clocks.get(each.number, [accept])) for each in FILED))
    for number, after in (
        (1001, 5),
        (1002, 40),
        (1003, 5),
        (1006, 5),
    ):  # 1004 is accepted by nobody
        stop(database, number, MONDAY + after * HOUR)
    settled = {"state": "settled", "settled_at": NOW}
    become(database, 1001, rating=4, solved=True, **settled)
    become(database, 1002, rating=1, solved=False)
    become(database, 1003, **settled)  # silent
    become(database, 1006, rating=2, solved=True)  # solved, and not content
    become(database, 1007, state="withdrawn")
    become(database, SECRET.number, rating=5, solved=True, **settled)
    return database


def ask(database: Database, viewer: Viewer, since: datetime | None = None) -> dict[str, Rates]:
    with database.reading() as (session, _):
        return rates_of(viewer, session, Asked(since), NOW)


def test_each_rate_has_its_denominator(filed: Database) -> None:
    found = ask(filed, staff("zhao"))
    assert found == {
        "shiqiang-g3": Rates(
            dispatched=3, responded=2, called_back=2, solved=1, satisfied=1, silent=1
        ),
        "qingshan-lead": Rates(dispatched=2, responded=1, called_back=1, solved=1),
    }
    whole = sum(found.values(), Rates())
    assert (whole.responded, whole.dispatched) == (3, 5)


def test_a_rate_stays_within_scope_and_time(filed: Database) -> None:
    assert set(ask(filed, staff("wang"))) == {"shiqiang-g3"}
    assert ask(filed, staff("zhou")) == {}  # a report stands in no figures, not even its own post's
    assert ask(filed, staff("zhao"), NOW) == {}


def test_more_time_and_the_next_level_keep_no_promise(database: Database) -> None:
    """按时 counts against what was promised first; another round has a promise of its own."""
    late, later = MONDAY + 30 * HOUR, MONDAY + 72 * HOUR
    first, again = promise(), replace(promise(), due_at=later)
    other_round = replace(again, started_at=MONDAY + 5 * HOUR)
    for number, kind, started, extended in (
        (1001, "extend", again, 1),
        (1002, "escalate", other_round, 0),
        (1003, "again", other_round, 0),
        (1004, "hand_up", other_round, 0),
        (1005, "accept", None, 0),
    ):
        before = case(number)
        file(database, opened(before, first))
        moved = replace(before, promised_at=later, extended=extended)
        event = Event(kind, "staff:zhao")
        new = (started,) if started is not None else ()
        decision = Decision(kind, before, moved, (event,), new, stop=("reply",) if new else ())

        def work(session: WriteSession, _: Moment, decision: Decision = decision) -> None:
            record(session, decision, (), MONDAY + 5 * HOUR, MONDAY + 5 * HOUR)

        database.write("move", work).result(10)
        done = replace(moved, state="answered", answered_at=late, replied_at=late)
        file(database, Decision("conclude", moved, done, (Event("conclude", "staff:li"),)))
    with database.reading() as (session, _):
        found = figures_of(staff("zhao"), session, Asked(), NOW)
    assert (found.answered, found.answered_in_time, found.extended) == (5, 2, 1)


def test_a_case_that_was_given_to_another_is_not_responded_to_by_that(database: Database) -> None:
    """派 ends the clock of who was asked first; whoever is asked then has not said a word yet."""
    accept = promise("acknowledge", 50)
    given, kept, late = 1 * HOUR, 2 * HOUR, 60 * HOUR
    for number, by, after in (
        (1001, "assign", given),
        (1002, "accept", given),
        (1003, "hand_back", kept),
        (1004, "assign", late),  # too late for who was asked first
    ):
        before = case(number)
        file(database, opened(before, accept))
        anew = replace(accept, started_at=MONDAY + after, due_at=MONDAY + after + 50 * HOUR)
        start = (anew,) if by != "accept" else ()
        event = Event(by, "staff:zhao")
        decision = Decision(by, before, before, (event,), start, stop=("acknowledge",))

        def work(
            session: WriteSession, _: Moment, decision: Decision = decision, at: Any = after
        ) -> None:
            record(session, decision, (), MONDAY + at, MONDAY + at)

        database.write("move", work).result(10)
    with database.reading() as (session, _):
        found = rates_of(staff("zhao"), session, Asked(), NOW)
    assert found["shiqiang-g3"] == Rates(dispatched=2, responded=1)
