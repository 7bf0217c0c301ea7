"""Every pair of role, command, reach and state: the table of rights, and what the service does.

The table is written out here a second time, by hand; a pair that stands in one and not in the other
fails. Then every command that comes to an action is said by everybody about a case in every state,
and done exactly where the table says so. What is said is taken back each time.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework.actions import ACTIONS, may
from casework.case import Case
from casework.duration import Duration
from casework.joint.call import Call, Part, called
from casework.joint.choosing import choose
from casework.limits import beyond
from casework.rights import AUDIENCES, REACHES, RIGHTS, Actor, Viewer, belongs, standing
from casework.town import ROLES, Post, Town
from handlers import dispatch
from handlers.commands import Command
from handlers.message import Incoming
from handlers.staff.conversation import COMMANDS
from storage import cases, joint
from storage.case import CaseRow, EventRow
from storage.database import Moment
from storage.session import WriteSession
from storage.town import put
from tests.village import MONDAY, Village, copy

STANDINGS = {
    ("member", "own"): {"handler"},
    ("department", "own"): {"handler"},
    ("lead", "own"): {"handler"},
    ("lead", "subtree"): {"supervisor"},
    ("county", "own"): {"handler"},
    ("county", "subtree"): {"supervisor"},
    ("admin", "own"): {"handler"},
    ("admin", "township"): {"admin", "supervisor"},
    ("discipline", "own"): {"handler"},
    ("discipline", "discipline"): {"handler", "supervisor"},
    ("inspector", "township"): {"inspector"},
    ("helper", "own"): {"handler"},
}
SPEAKERS = {
    "staff": set(ROLES),
    "lead": {"lead", "county", "admin", "discipline"},
    "admin": {"admin"},
    "overseer": {"admin", "inspector"},
    "auditor": {"admin", "inspector", "discipline"},
}
EVENTS = EventRow.__table__  # type: ignore[attr-defined]
PEOPLE = ("li", "sun", "wang", "zhao", "zhou", "gao", "shuiwu", "paichusuo", "huang", "ducha")
STATES = ("assigned", "handling", "waiting", "answered", "settled", "merged", "withdrawn")
ASKED_FOR = {"同意", "不同意"}  # by its handler: so much longer
ACTING = [each for each in COMMANDS if each.actions and "open" not in each.actions]


@pytest.mark.parametrize(("role", "reach"), list(itertools.product(ROLES, REACHES)))
def test_the_table_of_rights(role: str, reach: Any) -> None:
    assert RIGHTS[role].get(reach, frozenset()) == STANDINGS.get((role, reach), set())


def test_no_role_and_no_reach_is_unknown() -> None:
    assert set(RIGHTS) == set(ROLES)
    assert {reach for reaches in RIGHTS.values() for reach in reaches} <= set(REACHES)
    assert {who: set(roles) for who, roles in AUDIENCES.items()} == SPEAKERS


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda each: each.name)
def test_who_looks_only_does_nothing(action: Any) -> None:
    assert "inspector" not in action.who


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_a_command_comes_to_actions_that_there_are(command: Command) -> None:
    assert set(command.actions) <= {*ACTIONS, "open"}
    assert command.who in AUDIENCES


class Undo(Exception):
    """What was said is taken back; `done` is what had been written into histories."""

    def __init__(self, done: set[tuple[int, int, str]]) -> None:
        super().__init__()
        self.done = done


class Anybody:
    def take_answer(self) -> bool:
        return True


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patched:
        village = Village(copy(founded, tmp_path_factory.mktemp("rights")), patched)
        yield Office(village)
        village.close()


class Office:
    """One case in each state, one report about a person, and somebody who looks only."""

    def __init__(self, village: Village) -> None:
        self.village = village
        village.change(_inspector)
        for index in range(len(STATES)):
            village.says(f"villager{index}", "石墙村三组路灯坏了")
        self.numbers = dict(zip(STATES, range(1001, 1001 + len(STATES)), strict=True))
        village.says("villager9", "石墙村三组路灯坏了，晚上看不见")
        village.says("zhang", "举报石墙村村主任贪污低保款")
        self.protected = village.rows("SELECT number FROM cases WHERE protected")[0][0]
        village.change(self._into_states)
        village.letters.clear()

    def _into_states(self, session: WriteSession, _: Moment) -> None:
        table = CaseRow.__table__  # type: ignore[attr-defined]
        for state, number in self.numbers.items():
            values = {"state": state, "previous_post": "shiqiang-g1", "rating": 2}
            session.execute(sa.update(table).where(table.c.number == number).values(**values))
            self._call(session, number)

    def _call(self, session: WriteSession, number: int) -> None:
        """水务站 was called to it and has reported; 派出所 has not come yet."""
        parts = (Part("shuiwu", "部门", state="reported"), Part("paichusuo", "部门"))
        call = Call(number, "township_whistle", "shouli", MONDAY, parts=parts)
        joint.save(session, call)
        table = CaseRow.__table__  # type: ignore[attr-defined]
        session.execute(
            sa.update(table).where(table.c.number == number).values(called=called((call,)))
        )

    def calls(self, case: Case) -> tuple[Call, ...]:
        return self.village.ask(lambda session, _: joint.of_case(case, session))

    def says(self, person: str, line: str, command: Command) -> set[tuple[int, str]]:
        """What a line comes to: (case, action) by this person; all of it is taken back."""

        def work(session: WriteSession, begun: Moment) -> None:
            book = self.village.service.book(session, begun)
            _prepare(session, command, line)
            before = _events(session, person)
            dispatch.handle(session, begun, book, _incoming(person, line, 1), Anybody())
            if command.confirm:
                dispatch.handle(session, begun, book, _incoming(person, "确认", 2), Anybody())
            raise Undo(_events(session, person) - before)

        error = self.village.database.write("test", work).exception()
        assert isinstance(error, Undo), error
        return {(number, kind) for _, number, kind in error.done}

    def case(self, number: int) -> Case:
        def find(session: Any, begun: Moment) -> Case | None:
            town = self.village.service.book(session, begun).town
            return cases.find(Viewer(Actor("system"), town), session, number)

        found = self.village.ask(find)
        assert found is not None
        return found


def _inspector(session: WriteSession, begun: Moment) -> None:
    post = {"title": "督查岗", "unit": "qingshi", "role": "inspector"}
    put(session, "post", "ducha", post, source="file", by="test", now=begun.now)
    staff = {"name": "杜察", "userid": "ducha", "posts": ["ducha"]}
    put(session, "staff", "ducha", staff, source="file", by="test", now=begun.now)


def _prepare(session: WriteSession, command: Command, line: str) -> None:
    """What has to have been before: a request; nobody's bad rating."""
    number = int(next(iter(re.findall(r"\d{4,}", line)), 0))
    if command.name in ASKED_FOR:
        asked = {
            "kind": "request_extension",
            "actor": "staff:sun",
            "text": "等配件",
            "data": {"by": "3天"},
        }
        session.execute(sa.insert(EVENTS).values(case_number=number, at=MONDAY, **asked))
    if command.actions == ("take_back",):
        table = CaseRow.__table__  # type: ignore[attr-defined]
        session.execute(sa.update(table).where(table.c.number == number).values(rating=None))


def _events(session: WriteSession, person: str) -> set[tuple[int, int, str]]:
    rows = session.connection.execute(
        sa.text("SELECT id, case_number, kind FROM case_event WHERE actor = :actor"),
        {"actor": f"staff:{person}"},
    )
    return {(row[0], row[1], row[2]) for row in rows}


def _incoming(person: str, line: str, index: int) -> Incoming:
    key = f"{person}:{line}:{index}"
    return Incoming("wecom", "corp", person, key, "text", MONDAY, line)


def _call(office: Office, command: Command, actor: Actor, case: Case) -> Call | None:
    """What a command of joint handling is about: the call that there is, or the one it makes."""
    if command.actions != ("summon",):
        return next(iter(office.calls(case)), None)
    town = office.village.book.town
    own = [town.posts[post] for post in (actor.staff.hands if actor.staff else ())]
    line = command.example.partition("｜")[0]
    keys = [post.id for post in town.posts.values() if _is_named(post, line, town)]
    chosen = choose(town, own, command.name, keys)
    if chosen is None:
        return None
    form, convener = chosen
    return Call(
        case.number, form.id, convener.id, MONDAY, parts=tuple(Part(key, "部门") for key in keys)
    )


def _is_named(post: Post, line: str, town: Town) -> bool:
    """Whose part an example names: a department by its name, a person by theirs."""
    unit = town.units[post.unit]
    names = [unit.name] if unit.department else []
    names += [
        town.staff[person].name for person in post.holders if town.staff[person].posts[0] == post.id
    ]
    return any(re.search(rf"(?<!县){name}", line) for name in names)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("command", ACTING, ids=lambda each: each.name)
def test_the_service_does_what_the_table_says(
    office: Office, command: Command, person: str
) -> None:
    town = office.village.book.town
    actor = Actor(f"staff:{person}", staff=town.by_userid[person])
    line = command.example.partition("｜")[0]
    given: dict[str, Any] = {
        "text": "已换新灯", "reason": "等配件", "person": "li", "rating": 4, "fact": "议账",
        "post": "shiqiang-g3" if "李守田" in line else "shuiwu",
        "duration": Duration.parse("3天"), "until": MONDAY + timedelta(days=3),
        "target": office.case(1008), "villagers": [9],
    }  # fmt: skip
    if command.actions == ("supervise",):
        given["person"] = ""  # nobody besides the handler is named
    world = office.village.book.world(MONDAY)
    hands = actor.staff.hands if actor.staff is not None else ()
    whose = "paichusuo" if person == "paichusuo" and "水务站" not in line else "shuiwu"
    given |= {"hands": hands, "parts": [whose]}
    for state, number in (*office.numbers.items(), ("protected", office.protected)):
        case = office.case(number)
        if command.actions == ("take_back",):
            case = replace(case, rating=None)
        who = standing(actor, case, town)
        given |= {"calls": office.calls(case), "call": _call(office, command, actor, case)}
        allowed = any(
            belongs(actor.staff, each.who, town)
            and may(action, case, who, given, world.method_of(case)) is None
            and beyond(world, action, case, who, given) is None
            for each in ACTING
            if each.name == command.name  # 退回 is said from above, and by who gave the case
            for action in (each.actions[:1] if each.name in ASKED_FOR else each.actions)
        )
        said = re.sub(r"\b10\d\d\b", str(number), line, count=1)
        said = re.sub(r"\b102\d\b", "1008", said)
        done = {kind for about, kind in office.says(person, said, command) if about == number}
        assert bool(done) == allowed, (person, said, state, done)
        assert done <= set(command.actions), (person, said, state)
