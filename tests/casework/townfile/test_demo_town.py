"""青石镇, the town that comes with the project."""

from __future__ import annotations

from importlib.resources import files

import pytest

from casework import townfile
from casework.answers import AnswerBase
from casework.methods import shipped as shipped_methods
from casework.townfile import Entries
from nlp.lexicon import FIELDS
from nlp.lexicon import shipped as shipped_lexicon

DEMO = files("deploy").joinpath("town.example.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo() -> Entries:
    return townfile.parse(DEMO, {*shipped_lexicon().topics, *FIELDS}, shipped_methods())


def test_the_demo_town_survives_export(demo: Entries) -> None:
    assert townfile.parse(townfile.render(demo)) == demo


def test_the_demo_town_has_the_people_of_the_handbook(demo: Entries) -> None:
    town = townfile.build(demo)
    assert (town.name, town.by_unit["shiqiang-g3"][0].holders) == ("青石镇", ("li",))
    assert [town.full_name(f"shiqiang-{n}") for n in range(1, 6)] == [
        f"石墙村{n}组" for n in "一二三四五"
    ]
    assert [unit.id for unit in town.units.values() if unit.parent == "shiqiang-g3"] == [
        "shiqiang-3"
    ]
    assert town.posts["shiqiang-shuji"].holders == ("wang",)
    assert town.posts[town.intake].holders == ("zhao",)
    assert town.posts[town.discipline].holders == ("zhou",)
    assert town.posts[town.duty].holders == ("chen", "zhao")
    for userid in ("shuiwu", "paichusuo", "minzheng"):
        (post,) = town.by_userid[userid].posts
        assert town.units[town.posts[post].unit].department


def test_every_unit_of_the_demo_town_has_somebody(demo: Entries) -> None:
    town = townfile.build(demo)
    for unit in town.units.values():
        if unit.level != "group":
            assert any(post.holders for post in town.by_unit[unit.id]), unit.id


def test_the_answers_of_the_demo_town_are_short_and_lead_to_a_person(demo: Entries) -> None:
    town = townfile.build(demo)
    assert len(town.answers) >= 24
    for answer in town.answers.values():
        assert len(answer.text) <= 180, answer.id
        assert answer.post is not None
        office = town.units[town.posts[answer.post].unit]
        assert answer.text.endswith(f"：{office.phone or '0000-8200101'}。"), answer.id


def test_every_known_question_finds_its_own_answer(demo: Entries) -> None:
    answers = townfile.build(demo).answers
    for answer in answers.values():
        for question in answer.questions:
            found = AnswerBase(answers.values()).best(question)
            assert found is answer, (question, found)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("低保咋个申请", "dibao"),
        ("请问五保户怎么办理", "tekun"),
        ("我爹八十二了有没有高龄补贴", "gaoling"),
        ("今年合作医疗好多钱一个人", "yibaofei"),
        ("我在广东住院能报销吗", "baoxiao"),
        ("我老汉不会用手机养老金怎么认证", "renzheng"),
        ("社保卡掉了怎么补", "shebaoka"),
        ("村里还招保洁员吗", "gongyigang"),
        ("土地证弄丢了咋办", "quequan"),
        ("猪死了保险怎么赔", "nongxian"),
        ("身份证掉了怎么补", "shenfenzheng"),
        ("孙子上一年级怎么报名", "ruxue"),
        ("镇政府星期六上班吗", "bangong"),
        ("下一场赶集是哪天", "ganji"),
        ("水管爆了谁来修", None),
        ("怎么还不来修路灯", None),
        ("老板不让上班怎么办", None),
        ("我家电费怎么突然这么高", None),
        ("征地补偿一亩多少", None),
        ("村里的账公开在哪看", None),
    ],
)
def test_what_a_villager_asks_is_answered_or_left_to_a_person(
    demo: Entries, question: str, answer: str | None
) -> None:
    found = AnswerBase(townfile.build(demo).answers.values()).best(question)
    assert (found.id if found else None) == answer


def test_a_topic_that_belongs_to_the_police_goes_straight_there(demo: Entries) -> None:
    paichusuo = townfile.build(demo).units["paichusuo"]
    assert {"家庭暴力", "诈骗", "涉黑涉恶"} <= set(paichusuo.direct)


def test_reports_about_cadres_are_no_departments_matter(demo: Entries) -> None:
    """They go to the discipline post; a department that answered for them would see them."""
    discipline = {t.name for t in shipped_lexicon().topics.values() if t.field == "纪检监察"}
    for department in townfile.build(demo).units.values():
        assert not {*department.topics, *department.direct} & {*discipline, "纪检监察"}
