"""A town file as entries, as a town, and as a file again."""

from __future__ import annotations

import random
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from casework import townfile
from casework.office import Market, Office
from casework.townfile import Entries


def test_entries_are_the_tables_by_kind_and_id(small: Entries) -> None:
    assert list(small) == list(townfile.KINDS)
    assert small["town"]["qingshi"]["method"] == "zhongjiang"
    assert small["staff"]["li"] == {
        "name": "李守田",
        "userid": "li",
        "phone": "13800000001",
        "posts": ["shiqiang-g3"],
    }
    assert townfile.problems(small) == []


def test_a_file_saved_by_notepad_is_read(source: str, small: Entries) -> None:
    assert townfile.parse("\ufeff" + source.replace("\n", "\r\n")) == small


def test_the_town_is_built_with_its_tree(small: Entries) -> None:
    town = townfile.build(small)
    assert town.full_name("shiqiang-3") == "石墙村三组"
    assert town.covers("qingshi", "shiqiang-3")
    assert town.authority.phone == "12388"
    assert (town.quiet_from, town.quiet_until) == (time(21, 30), time(7, 30))


def test_the_hall_has_hours_and_market_days(small: Entries) -> None:
    town = townfile.build(small)
    assert (town.office, town.digest, town.quiet_days) == (Office(), None, True)
    small["town"]["qingshi"] |= {
        "office": ["09:00-12:00"],
        "market": {"days": [3, 6], "calendar": "lunar", "office": ["08:00-14:00"]},
        "digest": "08:30",
        "quiet_days": False,
    }
    town = townfile.build(townfile.parse(townfile.render(small)))
    market = Market(frozenset({3, 6}), lunar=True, hours=((time(8), time(14)),))
    assert town.office == Office(((time(9), time(12)),), market)
    assert (town.digest, town.quiet_days) == (time(8, 30), False)
    small["town"]["qingshi"] |= {"market": {"weekdays": ["周六"]}, "digest": ""}
    town = townfile.build(small)
    assert town.office.market == Market(weekdays=frozenset({5}))
    assert town.digest is None


def test_a_department_is_a_unit_under_the_township(small: Entries) -> None:
    shuiwu = townfile.build(small).units["shuiwu"]
    assert (shuiwu.department, shuiwu.level, shuiwu.parent) == (True, "township", "qingshi")
    assert (shuiwu.topics, shuiwu.phone) == (("饮水",), "0000-8200207")


def test_holders_are_asked_by_rank_then_by_id(small: Entries) -> None:
    assert townfile.build(small).posts["zhiban"].holders == ("chen", "zhao")
    small["staff"]["chen"]["rank"] = 3
    assert townfile.build(small).posts["zhiban"].holders == ("zhao", "chen")
    small["staff"]["zhao"]["rank"] = 3
    assert townfile.build(small).posts["zhiban"].holders == ("chen", "zhao")


def test_staff_are_found_by_userid_in_lower_case(small: Entries) -> None:
    town = townfile.build(small)
    assert town.by_userid["zhao"].name == "赵国平"
    assert [post.id for post in town.by_unit["qingshi"]] == ["jijian", "shouli", "zhiban"]


def test_everything_is_listed_from_the_top_of_the_tree_down(small: Entries) -> None:
    small["unit"]["shiqiang-10"] = {"name": "十组", "level": "group", "parent": "shiqiang"}
    small["unit"]["shiqiang-9"] = {"name": "九组", "level": "group", "parent": "shiqiang"}
    small["staff"]["newcomer"] = {"name": "新来的", "userid": "new", "posts": []}
    town = townfile.build(small)
    assert list(town.units) == [
        *("qingshi", "shiqiang", "shiqiang-9", "shiqiang-10", "shiqiang-g3", "shiqiang-3"),
        "shuiwu",
    ]
    assert list(town.posts) == ["jijian", "shouli", "zhiban", "shuiwu", "shiqiang-g3"]
    assert list(town.staff) == ["newcomer", "chen", "zhao", "zhou", "li"]


@given(st.randoms())
def test_the_order_of_the_entries_plays_no_part(source: str, chance: random.Random) -> None:
    entries = townfile.parse(source)
    shuffled = {
        kind: dict(chance.sample(list(rows.items()), len(rows))) for kind, rows in entries.items()
    }
    built, expected = townfile.build(shuffled), townfile.build(entries)
    assert built == expected
    assert [list(built.units), list(built.posts)] == [list(expected.units), list(expected.posts)]
    assert townfile.render(shuffled) == townfile.render(entries)


free_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(
    notice=free_text | st.just(""),
    name=free_text,
    aliases=st.lists(free_text),
    questions=st.lists(free_text, min_size=1),
    night=st.booleans(),
    rank=st.integers(-(2**60), 2**60),
)
def test_an_exported_town_comes_back_the_same(
    source: str,
    notice: str,
    name: str,
    aliases: list[str],
    questions: list[str],
    night: bool,
    rank: int,
) -> None:
    entries = townfile.parse(source)
    entries["town"]["qingshi"] |= {"notice": notice, "urgent_at_night": night}
    entries["town"]["qingshi"]["authority"]["name"] = name
    entries["place"]["lijiayuan"] |= {"name": name, "aliases": aliases}
    entries["answer"]["dibao"]["questions"] = questions
    entries["staff"]["li"]["rank"] = rank
    assert townfile.parse(townfile.render(entries)) == entries


def test_an_export_reads_like_the_file_it_came_from(small: Entries) -> None:
    assert townfile.render(small).startswith('[town]\nid = "qingshi"\nname = "青石镇"\n')
    small["place"]["lijiayuan"]["aliases"] = ["李家院坝里头的那个老院子"] * 8
    assert '\naliases = [\n    "李家院坝里头的那个老院子",\n' in townfile.render(small)
