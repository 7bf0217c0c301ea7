"""Loading a town file again: what it would change, and what it must not undo."""

from __future__ import annotations

import copy

import pytest

from casework import townfile
from casework.townfile import Entries


def test_loading_the_same_file_changes_nothing(small: Entries) -> None:
    plan = townfile.plan(small, {}, copy.deepcopy(small))
    assert plan == townfile.Plan()
    assert townfile.describe(plan) == "没有变化。"


def test_a_plan_tells_what_is_new_what_changes_and_what_goes(small: Entries) -> None:
    wanted = copy.deepcopy(small)
    wanted["staff"]["li"] |= {"phone": "13800000009", "rank": 2}
    wanted["place"]["dazhangshu"] = {"name": "大樟树", "unit": "shiqiang-3"}
    del wanted["answer"]["dibao"]
    plan = townfile.plan(small, {}, wanted)
    assert [(change.what, change.kind, change.id) for change in plan.changes] == [
        ("change", "staff", "li"),
        ("add", "place", "dazhangshu"),
        ("remove", "answer", "dibao"),
    ]
    assert plan.changes[0].keys == {"phone": ("13800000001", "13800000009"), "rank": (None, 2)}
    assert townfile.describe(plan).splitlines() == [
        "~ [[staff]] li 李守田 · phone：13800000001 → 13800000009；rank：（无） → 2",
        "+ [[place]] dazhangshu 大樟树",
        "- [[answer]] dibao 低保要什么材料",
    ]


def test_every_kind_of_value_is_shown_plainly(small: Entries) -> None:
    wanted = copy.deepcopy(small)
    wanted["town"]["qingshi"] |= {
        "authority": {"name": "县监委", "phone": "12388"},
        "urgent_at_night": False,
        "notice": "",
    }
    wanted["place"]["lijiayuan"]["aliases"] = []
    assert townfile.describe(townfile.plan(small, {}, wanted)).splitlines() == [
        "~ [town] 青石镇 · authority：安和县纪委监委 12388 → 县监委 12388；"
        "urgent_at_night：（无） → 否；notice：（无） → （空）",
        "~ [[place]] lijiayuan 李家院子 · aliases：李家大院 → （空）",
    ]


@pytest.mark.parametrize("what", ["changed", "added", "removed"])
def test_what_was_done_in_chat_is_not_undone_in_silence(small: Entries, what: str) -> None:
    wanted, current = copy.deepcopy(small), copy.deepcopy(small)
    if what == "changed":
        current["staff"]["li"]["phone"] = "13800000077"
    elif what == "added":
        current["staff"]["sun"] = {"name": "孙秀兰", "userid": "sun", "posts": []}
    else:
        del current["place"]["lijiayuan"]
    row = {"changed": ("staff", "li"), "added": ("staff", "sun"), "removed": ("place", "lijiayuan")}
    sources: dict[tuple[str, str], townfile.Source] = {row[what]: "chat"}

    plan = townfile.plan(current, sources, wanted)
    assert plan.changes == ()
    assert [(change.kind, change.id) for change in plan.blocked] == [row[what]]
    assert "--overwrite" in townfile.describe(plan)

    plan = townfile.plan(current, sources, wanted, overwrite=True)
    assert [(change.kind, change.id) for change in plan.changes] == [row[what]]
    assert plan.blocked == ()


def test_a_file_that_has_caught_up_with_the_chat_speaks_for_the_row(small: Entries) -> None:
    plan = townfile.plan(small, {("staff", "li"): "chat"}, copy.deepcopy(small))
    assert plan == townfile.Plan(adopted=(("staff", "li"),))
