"""Calls and parts as rows: written with the decision, read as they were; who is called sees the case."""

from __future__ import annotations

from dataclasses import replace

from casework.case import Decision, Event
from casework.joint.call import SIGNED_IN, Call, Part, called
from casework.rights import Viewer
from storage import cases, joint
from storage.clock import ClockRow
from storage.database import Database
from tests.casework.demo import staff, town
from tests.storage.town import HOUR, MONDAY, SERVICE, case, file, opened, promise

WHISTLE = Call(
    1001,
    "township_whistle",
    "shouli",
    MONDAY,
    text="现场有人堵路",
    fields={"部门": "水务站、派出所"},
    due={"sign_in": MONDAY + 24 * HOUR},
    parts=(Part("shuiwu", "部门"), Part("paichusuo", "部门"), Part("", "律师", name="李律师")),
)


def changed(
    database: Database, *calls: Call, start: tuple[str, ...] = (), stop: tuple[str, ...] = ()
) -> None:
    with database.reading() as (session, _):
        before = cases.find(SERVICE, session, 1001)
    assert before is not None
    after = replace(before, called=called(calls))
    event = Event("summon", "staff:zhao", "现场有人堵路")
    clocks = tuple(promise(name) for name in start)
    file(database, Decision("summon", before, after, (event,), clocks, stop, calls=calls))


def calls(database: Database) -> tuple[Call, ...]:
    with database.reading() as (session, _):
        return joint.of_case(case(1001), session)


def test_a_call_is_read_as_it_was_written(database: Database) -> None:
    file(database, opened(case(1001)))
    changed(database, WHISTLE)
    (found,) = calls(database)
    assert found == replace(WHISTLE, id=found.id)


def test_it_is_kept_as_it_is_now(database: Database) -> None:
    file(database, opened(case(1001)))
    changed(database, WHISTLE)
    (found,) = calls(database)
    there = found.changed(["shuiwu"], state=SIGNED_IN, signed_at=MONDAY + HOUR, place="渠口")
    over = replace(there, closed_at=MONDAY + 2 * HOUR, outcome="通了", children=(1002,))
    changed(database, over)
    assert calls(database) == (over,)


def test_who_is_called_sees_the_case_until_it_is_over(database: Database) -> None:
    file(database, opened(case(1001)), opened(case(1002)))
    shuiwu = Viewer(staff("shuiwu"), town())

    def seen() -> tuple[bool, list[int], list[int]]:
        with database.reading() as (session, _):
            return (
                cases.find(shuiwu, session, 1001) is not None,
                [each.number for each in cases.open_cases(shuiwu, session)],
                [each.number for each in cases.with_part(shuiwu, session, ["shuiwu"])],
            )

    assert seen() == (False, [], [])
    changed(database, WHISTLE)
    assert seen() == (True, [1001], [1001])
    (found,) = calls(database)
    changed(database, replace(found, closed_at=MONDAY))
    assert seen() == (False, [], [])


def test_its_clocks_outlast_a_change_of_level(database: Database) -> None:
    file(database, opened(case(1001), promise("settle")))
    changed(database, WHISTLE, start=("sign_in",))
    changed(database, WHISTLE, stop=("*",))
    assert states(database) == {"settle": "stopped", "sign_in": "running"}
    changed(database, WHISTLE, stop=("*", "sign_in"))
    assert states(database) == {"settle": "stopped", "sign_in": "stopped"}


def states(database: Database) -> dict[str, str]:
    with database.reading() as (session, _):
        rows: list[ClockRow] = cases.clocks(Viewer(staff("zhao"), town()), session, 1001)
        return {row.name: row.state for row in rows}


def test_departments_are_rated_by_those_below(database: Database) -> None:
    file(database, opened(case(1001)), opened(case(1002)))
    rated = WHISTLE.changed(["shuiwu"], rating=5, signed_at=MONDAY)
    changed(database, rated.changed(["paichusuo"], missed=1))
    changed(database, replace(WHISTLE.changed(["shuiwu"], rating=2), parts=WHISTLE.parts[:1]))
    with database.reading() as (session, _):
        assert joint.ratings(session) == [("paichusuo", 1, 0, 1, None), ("shuiwu", 2, 1, 0, 5.0)]
