"""Questions about cases: what a viewer may not see does not exist for them."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, get_type_hints

import pytest

from casework.case import Case, Decision, Event
from casework.rights import Viewer
from casework.selection import Selection, within
from storage import alike, cases, figures
from storage.database import Database, Moment
from storage.figures import Asked, counts_of, figures_of
from storage.session import ReadSession, WriteSession
from tests.storage.town import (
    HOUR,
    MONDAY,
    SERVICE,
    TOWN,
    case,
    file,
    met,
    opened,
    promise,
    staff,
    stranger,
    villager,
)

SECRET = 48_151_623


@dataclass
class Cases:
    """张大娘 has filed 1001 (三组) and a report; 老陈 has filed 1002 (青山村) and joined 1001."""

    database: Database
    zhang: Viewer
    chen: Viewer
    nobody: Viewer

    def ask(self, question: Callable[..., Any], viewer: Viewer, *given: Any) -> Any:
        with self.database.reading() as (session, _):
            return question(viewer, session, *given)

    def who(self) -> dict[str, Viewer]:
        return {
            "zhang": self.zhang,
            "chen": self.chen,
            "nobody": self.nobody,
            "stranger": stranger(),
            "service": SERVICE,
            **{name: staff(name) for name in ("li", "wang", "sun", "zhao", "zhou")},
        }


@pytest.fixture(scope="module")
def filed(shared: Database) -> Cases:
    zhang, chen, nobody = (met(shared, name).id for name in ("zhang", "chen", "nobody"))
    joined = opened(case(1001, villager=zhang), promise("reply", 1))
    elsewhere = {"unit": "qingshan", "lead_post": "qingshan-lead", "first_post": "qingshan-lead"}
    file(
        shared,
        replace(joined, parties=(chen,)),
        opened(case(1002, villager=chen, urgency="urgent", query_word="青山稻田", **elsewhere)),
        opened(
            case(
                SECRET,
                villager=zhang,
                protected=True,
                lead_post="discipline",
                first_post="discipline",
                query_word="石桥清泉",
            )
        ),
        opened(
            case(
                1003, villager=zhang, state="settled", lead_post="intake", first_post="shiqiang-g3"
            )
        ),
    )
    return Cases(shared, villager(zhang), villager(chen), villager(nobody))


SEEN = {
    "zhang": {1001, 1003, SECRET},
    "chen": {1001, 1002},
    "nobody": set(),
    "stranger": set(),
    "li": {1001, 1003},  # leads one, was the first receiver of the other
    "wang": {1001, 1003},  # above 三组
    "sun": {1002},  # another village
    "zhao": {1001, 1002, 1003},  # every ordinary one
    "zhou": {SECRET},
    "service": {1001, 1002, 1003, SECRET},  # so that the clocks of a report strike, too
}
ALL = (1001, 1002, 1003, SECRET)


@pytest.mark.parametrize("who", SEEN)
def test_everybody_sees_what_is_theirs_and_nothing_else(filed: Cases, who: str) -> None:
    viewer, seen = filed.who()[who], SEEN[who]
    for question in (cases.find, cases.events, cases.clocks):
        found = {number for number in ALL if filed.ask(question, viewer, number)}
        assert found == (seen & {1001} if question is cases.clocks else seen), question
    still_open = {each.number for each in filed.ask(cases.open_cases, viewer)}
    assert still_open == seen - {1003}
    assert sum(filed.ask(cases.count, viewer).values()) == len(seen - {SECRET})
    led = filed.ask(cases.led_by, viewer, ["shiqiang-g3", "qingshan-lead", "discipline"])
    assert {each.number for each in led} == seen - {1003}


@pytest.mark.parametrize("who", SEEN)
def test_nobody_can_take_what_they_do_not_see(filed: Cases, who: str) -> None:
    viewer = filed.who()[who]

    def work(session: WriteSession, _: Moment) -> set[int]:
        return {n for n in (*ALL, 999) if cases.take(viewer, session, n) is not None}

    assert filed.database.write("key", work).result(10) == SEEN[who]


def test_the_same_answer_for_a_foreign_a_protected_and_no_case(filed: Cases) -> None:
    for number in (1002, SECRET, 4711):
        assert filed.ask(cases.find, staff("li"), number) is None
        assert filed.ask(cases.events, staff("li"), number) == []
        assert filed.ask(cases.clocks, staff("li"), number) == []


def test_reports_stand_in_no_figures(filed: Cases) -> None:
    later = MONDAY + 48 * HOUR
    for who, seen in SEEN.items():
        found = filed.ask(figures_of, filed.who()[who], Asked(), later)
        assert sum(found.by_state.values()) == len(seen - {SECRET})
        assert found.overdue == len(seen - {SECRET, 1003})
        for by in ("unit", "lead_post"):
            counts = filed.ask(counts_of, filed.who()[who], Asked(), later, by).values()
            assert sum(each.total for each in counts) == len(seen - {SECRET})
            assert sum(each.overdue for each in counts) == len(seen - {SECRET, 1003})


def test_a_query_word_opens_one_case_to_who_asks_from_another_phone(filed: Cases) -> None:
    asks = filed.ask
    assert asks(cases.with_word, filed.nobody, SECRET, "石桥清泉").number == SECRET
    assert asks(cases.with_word, filed.nobody, SECRET, "石桥") is None
    assert asks(cases.with_word, filed.nobody, 1002, "石桥清泉") is None
    assert asks(cases.with_word, filed.nobody, 1001, "") is None
    assert asks(cases.with_word, filed.nobody, 4711, "石桥清泉") is None
    for name in ("li", "zhao", "zhou"):
        assert asks(cases.with_word, staff(name), SECRET, "石桥清泉") is None


def test_recent_cases_are_one_s_own_the_newest_first(filed: Cases) -> None:
    assert [each.number for each in filed.ask(cases.recent, filed.zhang)] == [SECRET, 1003, 1001]
    assert [each.number for each in filed.ask(cases.recent, filed.chen)] == [1002]
    assert filed.ask(cases.recent, staff("li")) == []


def test_what_is_urgent_and_promised_early_stands_first(database: Database) -> None:
    file(
        database,
        opened(case(1, promised_at=MONDAY + 3 * HOUR)),
        opened(case(2, promised_at=MONDAY + 2 * HOUR)),
        opened(case(3, promised_at=MONDAY + 9 * HOUR, urgency="emergency")),
        opened(case(4, promised_at=MONDAY + 9 * HOUR, urgency="urgent")),
    )
    with database.reading() as (session, _):
        assert [each.number for each in cases.open_cases(SERVICE, session)] == [3, 4, 2, 1]
        assert [each.number for each in cases.open_cases(SERVICE, session, limit=2)] == [3, 4]


def test_what_was_asked_for_waits_until_somebody_decides(database: Database) -> None:
    happened = {
        1001: ("request_extension",),
        1002: ("request_extension", "extend"),
        1003: ("request_extension", "extend", "ask_back"),
    }
    for number, kinds in happened.items():
        each = case(number)
        events = tuple(Event(kind, "staff:li", f"{kind} {number}") for kind in ("open", *kinds))
        file(database, Decision("open", None, each, events, ()))
    with database.reading() as (session, _):
        found = cases.asked_for(staff("zhao"), session)
        assert cases.asked_for(staff("sun"), session) == []
    assert [(each.number, *rest) for each, *rest in found] == [
        (1001, "request_extension", "request_extension 1001"),
        (1003, "ask_back", "ask_back 1003"),
    ]


def test_figures_are_of_those_that_are_asked_for(filed: Cases) -> None:
    def states(asked: Asked) -> dict[str, int]:
        return filed.ask(figures_of, SERVICE, asked, MONDAY).by_state

    assert states(Asked()) == {"assigned": 2, "settled": 1}
    assert states(Asked(MONDAY, MONDAY + HOUR)) == states(Asked())
    assert states(Asked(MONDAY + HOUR)) == states(Asked(until=MONDAY)) == {}
    village, lamps = within(TOWN, "shiqiang"), Selection(topics=frozenset({"路灯"}))
    hers, sealed = (Selection(posts=frozenset({each})) for each in ("qingshan-lead", "discipline"))
    assert states(Asked(chosen=(village,))) == {"assigned": 1, "settled": 1}
    assert states(Asked(chosen=(hers,))) == {"assigned": 1}
    assert states(Asked(chosen=(lamps,))) == states(Asked())
    assert states(Asked(chosen=(village, hers))) == states(Asked(chosen=(sealed,))) == {}


def test_a_case_comes_back_as_it_went_in(database: Database) -> None:
    whole = case(
        1001, settled_at=MONDAY, answered_at=MONDAY, rating=5, merged_into=1000, previous_post="x",
        unit=None, promised_at=None, red_cards=2, anonymous=True, query_word="青山稻田",
    )  # fmt: skip
    new = case(1001)
    file(database, opened(new), Decision("assign", new, whole, ()))
    with database.reading() as (session, _):
        assert cases.find(SERVICE, session, 1001) == whole


def test_who_takes_a_case_waits_for_who_has_taken_it(database: Database, replica: Database) -> None:
    """Two people act on one case at the same moment: the second sees what the first has done."""
    file(database, opened(case(1001)))

    def urge(session: WriteSession, _: Moment) -> None:
        taken = cases.take(SERVICE, session, 1001)
        assert taken is not None
        session.execute(
            cases.CaseRow.__table__.update().values(urged=taken.urged + 1)  # type: ignore[attr-defined]
        )

    futures = [where.write(f"person {n}", urge) for n, where in enumerate((database, replica) * 10)]
    for future in futures:
        future.result(20)
    with database.reading() as (session, _):
        found = cases.find(SERVICE, session, 1001)
    assert found is not None
    assert found.urged == 20


# --- the rule itself -----------------------------------------------------------------------------


def asks_for_no_viewer(module: types.ModuleType) -> list[str]:
    """Public functions that ask the database about cases without a viewer, who comes first. A
    `Case` in that place will do: only such a function can have given it."""
    wrong = []
    for name, function in vars(module).items():
        if not inspect.isfunction(function) or function.__module__ != module.__name__:
            continue
        hints = get_type_hints(function)
        hints.pop("return", None)
        asks = any(kind in (ReadSession, WriteSession) for kind in hints.values())
        if asks and not name.startswith("_") and next(iter(hints.values())) not in (Viewer, Case):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("module", [alike, cases, figures])
def test_every_question_about_cases_takes_a_viewer_first(module: types.ModuleType) -> None:
    assert asks_for_no_viewer(module) == []


def test_the_rule_finds_who_breaks_it() -> None:
    def seen(viewer: Viewer, session: ReadSession) -> None: ...
    def shown(case: Case, session: ReadSession) -> None: ...
    def careless(session: ReadSession, number: int) -> None: ...
    def late(session: WriteSession, viewer: Viewer) -> None: ...
    def elsewhere(number: int) -> None: ...

    module = types.ModuleType("module")
    for function in (seen, shown, careless, late, elsewhere):
        function.__module__ = "module"
        setattr(module, function.__name__, function)
    assert asks_for_no_viewer(module) == ["careless", "late"]
