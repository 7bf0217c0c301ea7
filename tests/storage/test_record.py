"""`record`: row, history, clocks and outbox of one decision, together or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from casework.case import Case, Decision, Event
from storage import cases
from storage.case import EventRow, PartyRow
from storage.clock import ClockRow
from storage.database import Database, Moment
from storage.outbox import PRIORITY, OutboxRow
from storage.record import note, post, record
from storage.session import WriteSession
from tests.storage.town import (
    HOUR,
    MONDAY,
    SERVICE,
    case,
    file,
    letter,
    met,
    opened,
    promise,
)


def look(database: Database, number: int = 1001) -> Case:
    with database.reading() as (session, _):
        found = cases.find(SERVICE, session, number)
    assert found is not None
    return found


def clocks(database: Database) -> dict[str, ClockRow]:
    with database.reading() as (session, _):
        return {row.name: row for row in cases.clocks(SERVICE, session, 1001)}


def changed(database: Database, **values: object) -> Decision:
    before = look(database)
    stop = values.pop("stop", ())
    event = Event("accept", "staff:li", "马上去", {"state": "handling"})
    return Decision("accept", before, replace(before, **values), (event,), stop=stop)  # type: ignore[arg-type]


def test_a_new_case_comes_with_all_that_belongs_to_it(database: Database) -> None:
    zhang = met(database, "zhang")
    new = case(1001, villager=zhang.id, rating=None, anonymous=True)
    file(
        database,
        opened(new, promise("acknowledge", 2, 3), promise("reply"), key="once"),
        letters=[letter("told"), letter("now", "wang", importance="emergency")],
    )
    assert look(database) == new
    with database.reading() as (session, _):
        (event,) = cases.events(SERVICE, session, 1001)
        letters = session.all(select(OutboxRow).order_by(col(OutboxRow.id)))
    assert (event.kind, event.actor, event.text, event.key) == (
        "open", "system", "村口路灯坏了", "once",
    )  # fmt: skip
    assert event.at == MONDAY
    running = clocks(database)
    assert (running["acknowledge"].next_step, running["acknowledge"].next_at) == (
        0, MONDAY + 2 * HOUR,
    )  # fmt: skip
    assert (running["reply"].next_step, running["reply"].next_at) == (None, None)
    assert running["reply"].due_at == MONDAY + 24 * HOUR
    assert [(row.recipient, row.priority, row.case_number, row.state) for row in letters] == [
        ("li", PRIORITY["ordinary"], 1001, "pending"),
        ("wang", PRIORITY["emergency"], 1001, "pending"),
    ]


def test_a_change_writes_what_has_changed_and_its_event(database: Database) -> None:
    file(database, opened(case(1001)), opened(case(1002)))
    file(database, changed(database, state="handling", urged=1, answered_at=MONDAY))
    assert look(database) == case(1001, state="handling", urged=1, answered_at=MONDAY)
    assert look(database, 1002) == case(1002)
    with database.reading() as (session, _):
        last = cases.events(SERVICE, session, 1001)[-1]
    assert (last.kind, last.text, last.data) == ("accept", "马上去", {"state": "handling"})


@pytest.mark.parametrize(
    ("stop", "left"),
    [((), {"reply", "settle"}), (("reply",), {"settle"}), (("*",), set()), (("contact",), {"reply", "settle"})],
)  # fmt: skip
def test_clocks_are_stopped_by_name_or_all(
    database: Database, stop: tuple[str, ...], left: set[str]
) -> None:
    file(database, opened(case(1001), promise("reply", 1), promise("settle", 2)))
    file(database, opened(case(1002), promise("reply", 1)))
    file(database, changed(database, stop=stop))
    found = clocks(database)
    assert {name for name, clock in found.items() if clock.state == "running"} == left
    for clock in found.values():
        stopped = clock.state == "stopped"
        assert (clock.stopped_at == MONDAY, clock.next_at is None) == (stopped, stopped)
    with database.reading() as (session, _):
        assert [row.state for row in cases.clocks(SERVICE, session, 1002)] == ["running"]


def test_the_same_key_twice_is_once(database: Database) -> None:
    """A reminder that two sweeps meet: one event, one letter."""
    file(database, opened(case(1001)))

    def work(session: WriteSession, begun: Moment) -> None:
        note(session, 1001, Event("remind", "system", key="clock:1:0"), MONDAY)
        post(session, [letter("c1:1001:reminded:li")], MONDAY, MONDAY, 1001)

    for _ in range(2):
        database.write("sweep", work).result(10)
    with database.reading() as (session, _):
        assert len(cases.events(SERVICE, session, 1001)) == 2
        assert len(session.all(select(OutboxRow))) == 1


def test_events_without_a_key_are_never_the_same(database: Database) -> None:
    file(database, opened(case(1001)))
    for _ in range(2):
        database.write(
            "key", lambda session, _: note(session, 1001, Event("look", "staff:zhou"), MONDAY)
        ).result(10)
    with database.reading() as (session, _):
        assert len(cases.events(SERVICE, session, 1001)) == 3


def test_who_joins_is_a_party_once(database: Database) -> None:
    zhang, chen = met(database, "zhang"), met(database, "chen")
    file(database, opened(case(1001, villager=zhang.id)))
    for _ in range(2):
        file(database, replace(changed(database), parties=(chen.id,)))
    with database.reading() as (session, _):
        assert [row.villager for row in session.all(select(PartyRow))] == [chen.id]


def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def work(session: WriteSession, begun: Moment) -> None:
        decision = opened(case(1001), promise("reply", 1))
        record(session, decision, [letter("told")], MONDAY, MONDAY)
        record(session, decision, [], MONDAY, MONDAY)  # the number is taken

    assert database.write("key", work).exception(10) is not None
    with database.reading() as (session, _):
        assert cases.find(SERVICE, session, 1001) is None
        for table in (EventRow, ClockRow, OutboxRow):
            assert session.all(select(table)) == []


def test_a_case_without_its_villager_cannot_be(database: Database) -> None:
    decision = opened(case(1001, villager=99))
    error = database.write(
        "key", lambda session, _: record(session, decision, [], MONDAY, MONDAY)
    ).exception(10)
    assert "foreign key" in str(error).lower()
