"""Whatever is typed: no exception, no right overstepped, every act in the trail.

Lines are put together of the commands' own words, numbers, names, times and hostile text, and said
by people of every role about cases of all kinds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework.actions import ACTIONS
from casework.case import Case
from casework.rights import THE_SERVICE, Actor, Viewer, standing
from handlers import dispatch
from handlers.message import Incoming
from handlers.staff.conversation import COMMANDS
from storage import audit, cases
from storage.database import Moment
from storage.session import WriteSession
from tests.village import MONDAY, Village, copy

PEOPLE = ("li", "sun", "wang", "zhao", "zhou", "gao", "shuiwu", "huang", "ghost")
WORDS = [word for each in COMMANDS for word in each.words]
HUGE = "9" * 40
LINES = [line for each in COMMANDS for line in each.example.split("｜")]
NAMES = ["水务站", "李守田", "王德厚", "民政所", "shuiwuzhan", "水物站", "石墙村", "石墙村三组", "路灯", "超期", "谁谁谁"]  # fmt: skip
TIMES = [
    "3天",
    "9999个工作日",
    "9999-12-31",
    "2个工作日",
    "明天下午5点",
    "周五",
    "0天",
    "99999天",
    "昨天",
    "半天",
    "2月30日",
]
TEXTS = ["已换新灯", "知道了", "等配件", "归他们管", "确认", "取消", "是", "同意", "撤销 1", "校验"]
HOSTILE = [
    "'; DROP TABLE cases; --", "{number} {0} %s %(x)s", "<script>alert(1)</script>", "\x00\x1b[31m",
    "🚱" * 50, "１０２３", "9" * 40, "-1", "1e9", "\u202e反转\u202c", "\n\n\n", "／／／", "、、", "　　",
    "../../etc/passwd", "${jndi:ldap://x}", "ᠮᠣᠩᠭᠣᠯ", "a" * 3000, "它它它", "null", "\\", "/",
]  # fmt: skip


class Anybody:
    def take_answer(self) -> bool:
        return True


@dataclass
class Happened:
    """One thing that somebody of the staff did, and the case as it was before."""

    kind: str
    number: int
    actor: str


@pytest.fixture
def village(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    village = Village(copy(founded, tmp_path), monkeypatch)
    for index, place in enumerate(("石墙村三组", "石墙村一组", "柳河村一组", "石墙村三组")):
        village.says(f"villager{index}", f"{place}路灯坏了，第{index}根杆")
        village.says(f"villager{index}", f"{place}自来水停了")
    village.says("zhang", "举报石墙村村主任贪污低保款")
    yield village
    village.close()


def line(dice: random.Random, numbers: list[int]) -> str:
    """A line as it might be typed: mostly nearly right, sometimes nothing but malice."""
    if dice.random() < 0.05:
        return f"{dice.choice(WORDS)} {dice.choice(['', '撤销 ', '完成 '])}{HUGE}"
    if dice.random() < 0.3:
        example = dice.choice(LINES)
        return example.replace("1023", str(dice.choice(numbers)))
    pieces = [dice.choice(["", "/", "／", "请", "把"]) + dice.choice(WORDS)]
    for _ in range(dice.randrange(5)):
        kinds = [
            NAMES,
            TIMES,
            TEXTS,
            HOSTILE,
            [str(dice.choice(numbers)), "它", "#1001", "编号1002"],
        ]
        pieces.append(dice.choice(dice.choice(kinds)))
    if dice.random() < 0.3:
        dice.shuffle(pieces)
    return dice.choice([" ", "", "，", "\n"]).join(pieces)


@pytest.mark.parametrize("count", [pytest.param(250), pytest.param(5000, marks=pytest.mark.slow)])
def test_whatever_is_typed(village: Village, count: int) -> None:
    dice = random.Random(20260302)  # noqa: S311  (no secret)
    for index in range(count):
        numbers = [row[0] for row in village.rows("SELECT number FROM cases")] + [4711, 10_000_000]
        said, person = line(dice, numbers), dice.choice(PEOPLE)
        happened, before, trailed = say(village, person, said, index)
        for each in happened:
            check(village, each, before, trailed, f"{person}: {said!r}")
    assert village.rows("SELECT count(*) FROM message WHERE state <> 'done'") == [(0,)]
    assert village.rows("SELECT count(*) FROM task") == [(0,)]
    village.change(lambda session, begun: sealed(session, begun))
    assert village.ask(lambda session, _: audit.broken(session)) is None


def say(
    village: Village, person: str, said: str, index: int
) -> tuple[list[Happened], dict[int, Case], set[tuple[str, str]]]:
    """Say it; what came of it, the cases as they were before, and what stands in the trail for it."""

    def work(session: WriteSession, begun: Moment) -> Any:
        book = village.service.book(session, begun)
        system = Viewer(THE_SERVICE, book.town)
        last = newest(session, "case_event"), newest(session, "audit")
        before = {case.number: case for case in cases.open_cases(system, session, limit=10_000)}
        for (number,) in session.connection.execute(sa.text("SELECT number FROM cases")).all():
            before.setdefault(number, cases.find(system, session, number))  # type: ignore[arg-type]
        incoming = Incoming("wecom", "corp", person, f"{person}:{index}", "text", MONDAY, said)
        reply = dispatch.handle(session, begun, book, incoming, Anybody())
        assert reply is None or len(reply.text.encode()) <= 2048
        return since(session, *last), before

    (happened, trailed), before = village.change(work)
    return happened, before, trailed


def newest(session: WriteSession, table: str) -> int:
    return session.connection.execute(sa.text(f"SELECT max(id) FROM {table}")).scalar() or 0


def since(
    session: WriteSession, event: int, line: int
) -> tuple[list[Happened], set[tuple[str, str]]]:
    events = session.connection.execute(
        sa.text("SELECT kind, case_number, actor FROM case_event WHERE id > :id"), {"id": event}
    )
    trail = session.connection.execute(
        sa.text("SELECT actor, target FROM audit WHERE id > :id"), {"id": line}
    )
    return [Happened(*row) for row in events], {(row[0], row[1]) for row in trail}


def check(
    village: Village,
    each: Happened,
    before: dict[int, Case],
    trailed: set[tuple[str, str]],
    said: str,
) -> None:
    """They might do it, and it stands in the trail."""
    if not each.actor.startswith("staff:"):
        return
    assert (each.actor, str(each.number)) in trailed, f"{each.kind} is not in the trail: {said}"
    if each.kind == "open":
        return
    town = village.book.town
    actor = Actor(each.actor, staff=town.staff[each.actor.removeprefix("staff:")])
    case = before.get(each.number)
    if case is not None:  # not one that was opened by the same line
        assert standing(actor, case, town) & ACTIONS[each.kind].who, f"{each.kind}: {said}"


def sealed(session: WriteSession, begun: Moment) -> None:
    while audit.seal(session, begun.now):
        pass
