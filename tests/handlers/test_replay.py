"""A trial of a work method 试算: what has happened, once more; and what would have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from casework.methods import load, shipped
from casework.methods.method import Method
from casework.replay import Happened, live
from casework.rights import THE_SERVICE, Viewer
from handlers.admin import replay
from handlers.admin.replay import Trial, try_out
from storage import past
from tests.village import Village

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BY_ITSELF = {"remind", "escalate", "card", "call", "press", "settle", "resume"}

Line = tuple[str, str]


def a_fortnight(village: Village) -> None:
    """Whatever a case can meet: nobody takes it; it is asked about, shelved, urged, prolonged; its
    villager is not content; it is danger to life; it is a report about a person."""
    village.says("zhao", "/排班 值班 陈晓东 赵国平")
    village.says("zhang", "石墙村三组路灯坏了")  # 1001
    village.says("chen_a", "柳河村一组水管漏水")
    village.says("ma_a", "石墙村一组垃圾没人清运，臭得很")
    village.says("he_a", "石墙村二组路面塌了一个坑")
    village.says("qian_a", "我要举报石墙村会计挪用低保款")
    village.advance(3 * HOUR)
    village.says("huang", "接单 1002")
    village.says("sun", "接单 1003")
    village.says("sun", "问 1003 是哪一个池子？")
    village.says("deng_a", "石墙村三组有人掉进河里了，快救人")  # 1005
    village.advance(2 * DAY)
    village.says("ma_a", "补充1003 村口那个")
    village.says("huang", "回复 1002 明天来修")
    village.says("zhao", "/挂账 1002 3月9日 等管件")
    village.says("zhang", "催1001")
    village.advance(2 * DAY)
    village.says("zhao", "接单 1004")
    village.says("zhao", "延期 1004 2天 等沥青")
    village.says("sun", "办结 1003 已清运")
    village.says("ma_a", "不满意 1003 只清了一半")
    village.advance(9 * DAY)


def lived(village: Village, method: Method) -> dict[int, list[Happened]]:
    book = replay.under(village.book, method)
    viewer = Viewer(THE_SERVICE, book.town)

    def ask(session: object, begun: object) -> dict[int, list[Happened]]:
        numbers = past.opened_since(viewer, session, village.now - 90 * DAY)  # type: ignore[arg-type]
        return {
            known.case.number: live(book.world, known, village.now).happened
            for known in past.pasts(viewer, session, numbers)  # type: ignore[arg-type]
        }

    return village.ask(ask)


def tried(village: Village, method: Method, most: int = 1000) -> Trial:
    book = village.book
    viewer = Viewer(THE_SERVICE, book.town)
    return village.ask(
        lambda session, begun: try_out(viewer, session, book, begun.now, method, most)
    )


def what_happened(village: Village) -> dict[int, list[Line]]:
    """By the history: what the service did by itself, to the minute."""
    found: dict[int, list[Line]] = {}
    rows = village.rows(
        "SELECT case_number, kind, at / 60000 FROM case_event WHERE actor = 'system' ORDER BY id"
    )
    for number, kind, minute in rows:
        if kind in BY_ITSELF:
            found.setdefault(number, []).append((kind, str(minute)))
    return found


def what_would_have(happened: list[Happened]) -> list[Line]:
    lines = []
    for each in happened:
        if each.actor == THE_SERVICE:
            kind = each.decision.action if each.decision is not None else "remind"
            lines.append((kind, str(int(each.at.timestamp()) // 60)))
    return lines


def test_under_its_own_method_a_case_meets_what_it_has_met(village: Village) -> None:
    a_fortnight(village)
    really = what_happened(village)
    again = lived(village, shipped()["zhongjiang"])
    assert {kind for lines in really.values() for kind, _ in lines} == BY_ITSELF - {"settle"}
    assert len(really) == 6
    for number, lines in really.items():
        assert what_would_have(again[number]) == lines, number


def test_everybody_would_have_got_what_they_got(village: Village) -> None:
    a_fortnight(village)
    rows = village.rows(
        "SELECT recipient, count(*) FROM outbox "
        "WHERE channel = 'wecom' AND key NOT LIKE 'r%' GROUP BY recipient"  # r: what comes again
    )
    got = Counter(dict(tuple(row) for row in rows))
    effect = tried(village, replace(shipped()["zhongjiang"], rhythms=())).then
    names = {staff.id: staff.userid for staff in village.book.town.staff.values()}
    assert Counter({names[who]: count for who, count in effect.messages.items()}) == got


def test_of_many_cases_some_are_tried(village: Village) -> None:
    a_fortnight(village)
    method = shipped()["beijing"]
    each, third = tried(village, method), tried(village, method, most=2)
    assert (each.cases, each.every) == (6, 1)
    assert (third.cases, third.every) == (6, 3)
    assert third.then.reminded % 3 == third.then.overdue % 3 == 0
    assert "每3件算1件" in replay.told(village.book, third)


def test_cards_that_add_up_are_tried_too(village: Village) -> None:
    a_fortnight(village)
    own = shipped()["zhongjiang"]
    text = f'{own.text}\n[[consequence]]\ncard = "yellow"\ncount = 2\nwithin = "5d"\ndo = "supervise"\n'
    found = tried(village, load(text, "own.toml"))
    yellow = Counter(post for _, post, card in found.then.cards if card == "yellow")
    assert found.now.brought == 0
    assert 0 < found.then.brought <= sum(count // 2 for count in yellow.values())


def test_a_report_counts_for_who_may_see_it_and_is_named_to_nobody(village: Village) -> None:
    a_fortnight(village)
    (report,) = (n for n in lived(village, shipped()["zhongjiang"]) if n > 9999)
    whole = tried(village, shipped()["zhongjiang"])
    assert whole.then.messages["zhou"] > 0
    assert report not in whole.then.climbed
    village.advance(timedelta(minutes=1))
    said = village.says("zhao", "/时限 试算 接诉即办")
    assert "最近90天的5件" in said
    assert str(report) not in said
    assert village.book.town.staff["zhou"].name not in said


def test_nothing_is_written_and_nothing_changes(village: Village) -> None:
    a_fortnight(village)
    tables = ("cases", "case_event", "clock", "outbox", "card", "town_entry")
    before = [village.rows(f"SELECT count(*) FROM {table}") for table in tables]
    assert "试算" in village.says("zhao", "/时限 试算 村 办结 2天")
    assert [village.rows(f"SELECT count(*) FROM {table}") for table in tables] == before
    assert village.book.town.method == "zhongjiang"


def test_a_case_begins_where_the_other_method_says(village: Village) -> None:
    village.says("zhang", "石墙村三组水渠堵了")
    village.advance(1.75 * HOUR)
    found = tried(village, replace(shipped()["beijing"], rhythms=()))
    assert found.now.messages["li"] == 1
    assert dict(found.then.messages) == {"shuiwu": 2}  # the case, and half an hour before it is due
