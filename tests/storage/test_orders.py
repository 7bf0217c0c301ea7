"""Orders of partners: each sees what it has sent, and follows what that was merged into."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.rights import Actor, Viewer
from storage import cases, orders
from storage.database import Database, Moment
from storage.session import ReadSession, WriteSession
from tests.storage.town import HOUR, MONDAY, SERVICE, TOWN, case, file, opened

DAY = timedelta(days=1)


def partner(name: str) -> Viewer:
    return Viewer(Actor(f"partner:{name}", partner=name), TOWN)


HOTLINE, SENSOR = partner("hotline"), partner("sensor")


@pytest.fixture(scope="module")
def sent(shared: Database) -> Database:
    """1001 and 1002 from the hotline, 1003 from the sensor, 1004 from nobody; a report 88888888."""
    known = {
        1001: ("hotline", {"topic": "路灯"}),
        1002: ("hotline", {"topic": "", "field": "民政", "state": "settled"}),
        1003: ("sensor", {"topic": "路灯"}),
        88_888_888: ("hotline", {"protected": True}),
    }
    matters = [case(number, channel="intake", **more) for number, (_, more) in known.items()]
    file(shared, *(opened(each) for each in (*matters, case(1004))))

    def work(session: WriteSession, _: Moment) -> None:
        for each in matters:
            orders.keep(session, known[each.number][0], f"N-{each.number}", "digest", each)

    shared.write("test", work).result()
    return shared


def found(database: Database, viewer: Viewer, *more: list[str]) -> list[int]:
    def ask(session: ReadSession) -> list[int]:
        every = cases.sent_in(viewer, session, MONDAY - DAY, MONDAY + DAY, *more)
        return [each.number for each in every]

    with database.reading() as (session, _):
        return ask(session)


def test_each_partner_sees_what_it_has_sent(sent: Database) -> None:
    assert found(sent, HOTLINE) == [88_888_888, 1002, 1001]
    assert found(sent, SENSOR) == [1003]
    assert found(sent, partner("nobody")) == []
    with sent.reading() as (session, _):
        for viewer, number, seen in (
            (HOTLINE, 1001, True),
            (HOTLINE, 88_888_888, True),
            (SENSOR, 1001, False),
            (HOTLINE, 1004, False),
            (HOTLINE, 4711, False),
        ):
            assert (cases.find(viewer, session, number) is not None) == seen
        assert cases.open_cases(SENSOR, session)[0].number == 1003
        assert cases.recent(HOTLINE, session) == []


def test_states_and_topics_choose(sent: Database) -> None:
    assert found(sent, HOTLINE, ["settled"]) == [1002]
    assert found(sent, HOTLINE, [], ["路灯"]) == [1001]
    assert found(sent, HOTLINE, [], ["民政", "路灯"]) == [1002, 1001]


def test_an_order_is_known_by_the_partners_own_number(sent: Database) -> None:
    with sent.reading() as (session, _):
        row = orders.named(HOTLINE, session, "N-1001")
        assert row is not None
        assert (row.case_number, row.follows, row.digest) == (1001, 1001, "digest")
        assert orders.named(SENSOR, session, "N-1001") is None
        assert set(orders.sent(HOTLINE, session, [1001, 1003])) == {1001}
        counted = orders.count(session)
    assert (counted["hotline"][0], counted["sensor"][0]) == (3, 1)
    assert counted["hotline"][1] == MONDAY


def test_what_was_merged_is_followed_where_it_went(shared: Database) -> None:
    file(shared, *(opened(case(number)) for number in (2001, 2002, 2003)))

    def work(session: WriteSession, _: Moment) -> None:
        orders.keep(session, "hotline", "M", "digest", case(2001))
        orders.follow(session, 2001, 2002)
        orders.follow(session, 2002, 2003)

    shared.write("test", work).result()
    with shared.reading() as (session, _):
        target = cases.find(SERVICE, session, 2003)
        assert target is not None
        assert [row.number for row in orders.followed(target, session)] == ["M"]


def test_the_last_events_are_those_of_ones_own_cases(sent: Database) -> None:
    with sent.reading() as (session, _):
        last = cases.last_events(HOTLINE, session, [1001, 1002, 1003], ["open"])
    assert sorted(last) == [1001, 1002]
    assert last[1001].at - MONDAY < HOUR
