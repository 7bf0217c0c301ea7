"""Who gets a case first, who stands above whom."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from casework.routing import above, answering, assign, nearest_post, outside, responsible
from casework.town import Town
from tests.casework.demo import town


def without(town: Town, *people: str) -> Town:
    """The town after these people have left; their posts are vacant."""
    posts = {
        post.id: replace(post, holders=tuple(h for h in post.holders if h not in people))
        for post in town.posts.values()
    }
    by_unit = {
        unit: tuple(posts[post.id] for post in found) for unit, found in town.by_unit.items()
    }
    return replace(town, posts=MappingProxyType(posts), by_unit=MappingProxyType(by_unit))


@pytest.mark.parametrize(
    ("topic", "field", "unit", "post", "level"),
    [
        ("路灯", "城乡建设", "shiqiang-3", "shiqiang-g3", "grid"),  # place before department
        ("路灯", "城乡建设", "shiqiang", "shiqiang-shuji", "village"),
        ("路灯", "城乡建设", None, "chengjian", "township"),
        ("自来水", "", None, "shuiwu", "township"),
        ("家庭暴力", "", "shiqiang-3", "paichusuo", "township"),  # what it has asked for at once
        ("身份证", "", None, "paichusuo", "township"),
        ("", "城乡建设", None, "chengjian", "township"),
        ("", "", "shiqiang-3", "shiqiang-g3", "grid"),
        ("", "", "qingshi", "shouli", "township"),
        ("", "", None, "shouli", "township"),
        ("宣传与谣言", "", None, "shouli", "township"),
    ],
)
def test_the_first_post(topic: str, field: str, unit: str | None, post: str, level: str) -> None:
    found = assign(town(), topic=topic, field=field, unit=unit, misconduct=False)
    assert (found.post, found.level, found.unit) == (post, level, unit)


@pytest.mark.parametrize("unit", ["shiqiang-3", "qingshi", None])
def test_a_report_goes_past_all_of_them(unit: str | None) -> None:
    found = assign(town(), topic="低保", field="民政", unit=unit, misconduct=True)
    assert (found.post, found.level) == ("jijian", "township")


@pytest.mark.parametrize(("topic", "post"), [("", "shouli"), ("溺水隐患", "yingji")])
def test_in_danger_a_field_alone_leads_nowhere(topic: str, post: str) -> None:
    to = assign(town(), topic=topic, field="农村农业", unit=None, misconduct=False, in_danger=True)
    assert to.post == post


def test_a_topic_before_its_field() -> None:
    department = responsible(town(), "自来水", "城乡建设")
    assert department is not None
    assert department.id == "shuiwu"
    assert responsible(town(), "", "") is None


@pytest.mark.parametrize(
    ("left", "post"),
    [
        ((), "shiqiang-g3"),
        (("li",), "shiqiang-shuji"),
        (("li", "wang"), "shouli"),
    ],
)
def test_a_vacant_post_is_passed(left: tuple[str, ...], post: str) -> None:
    assert nearest_post(without(town(), *left), "shiqiang-3").id == post


def test_a_department_without_people_is_the_intakes_business() -> None:
    found = assign(without(town(), "shuiwu"), topic="自来水", field="", unit=None, misconduct=False)
    assert found.post == "shouli"


@pytest.mark.parametrize(
    ("post", "upper"),
    [
        ("shiqiang-g3", "shiqiang-shuji"),
        ("shiqiang-shuji", "shouli"),
        ("shuiwu", "shouli"),
        ("zhenzhang", "shouli"),
        ("shouli", "xian"),
        ("xian", None),
        ("jijian", None),
    ],
)
def test_above(post: str, upper: str | None) -> None:
    found = above(town(), town().posts[post])
    assert (found.id if found else None) == upper


def test_above_a_vacant_secretary_stands_the_township() -> None:
    alone = without(town(), "wang")
    found = above(alone, alone.posts["shiqiang-g3"])
    assert found is not None
    assert found.id == "shouli"


@pytest.mark.parametrize("post", ["no-longer-there", ""])
def test_the_intake_answers_for_a_post_that_is_gone(post: str) -> None:
    assert answering(town(), post).id == "shouli"


def test_the_intake_answers_for_a_vacant_post() -> None:
    assert answering(without(town(), "li"), "shiqiang-g3").id == "shouli"
    assert answering(town(), "shiqiang-g3").id == "shiqiang-g3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("举报镇长受贿", True),
        ("举报林远航收钱", True),
        ("纪检的人跟他是一伙的，举报纪检周明", True),
        ("镇领导包庇村主任", True),
        ("检举镇长", True),
        ("村主任和镇长一起分了修路的钱", True),
        ("我跟镇长说过了，村主任贪污", False),
        ("报告镇长，村主任贪污", False),
        ("举报村主任贪污", False),
        ("我要向镇长举报村主任贪污", False),
        ("已经给纪委书记反映过村主任贪污", False),
        ("举报王德厚贪污低保款", False),
    ],
)
def test_what_the_townships_own_post_must_not_handle(text: str, expected: bool) -> None:
    assert outside(town(), text) is expected
