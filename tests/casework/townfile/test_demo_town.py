"""青石镇, the town that comes with the project."""

from __future__ import annotations

from importlib.resources import files

import pytest

from casework import townfile
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


def test_a_topic_that_belongs_to_the_police_goes_straight_there(demo: Entries) -> None:
    paichusuo = townfile.build(demo).units["paichusuo"]
    assert {"家庭暴力", "诈骗", "涉黑涉恶"} <= set(paichusuo.direct)


def test_reports_about_cadres_are_no_departments_matter(demo: Entries) -> None:
    """They go to the discipline post; a department that answered for them would see them."""
    discipline = {t.name for t in shipped_lexicon().topics.values() if t.field == "纪检监察"}
    for department in townfile.build(demo).units.values():
        assert not {*department.topics, *department.direct} & {*discipline, "纪检监察"}
