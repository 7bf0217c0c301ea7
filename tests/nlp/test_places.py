from __future__ import annotations

from pathlib import Path

import pytest

from casework import townfile
from nlp.normal import normalise
from nlp.places import Gazetteer, Name, ways
from storage.book import names


@pytest.fixture(scope="session")
def gazetteer(town_names: list[Name]) -> Gazetteer:
    return Gazetteer(town_names)


@pytest.mark.parametrize(
    ("text", "written", "name"),
    [
        ("石墙村路灯坏了", "石墙村", "石墙村"),
        ("石墙村三组没水", "石墙村三组", "石墙村三组"),
        ("石墙村3组没水", "石墙村3组", "石墙村三组"),
        ("石墙村第三村民组没水", "石墙村第三村民组", "石墙村三组"),
        ("石墙村三小组没水", "石墙村三小组", "石墙村三组"),
        ("石墙村的三组没水", "石墙村的三组", "石墙村三组"),
        ("石墙三组没水", "石墙三组", "石墙村三组"),
        ("三组没水，我是石墙村的", "三组", "石墙村三组"),
        ("青山村13组没电", "青山村13组", "青山村十三组"),
        ("十三组没电", "十三组", "青山村十三组"),
        ("老槐树那里有个坑", "老槐树", "老槐树"),
        ("幸福路积水", "幸福路", "幸福路"),
    ],
)
def test_a_place_is_found_however_it_is_written(
    gazetteer: Gazetteer, text: str, written: str, name: str
) -> None:
    (place,) = gazetteer.find(text)
    assert (place.text, place.name) == (written, name)
    assert place.confidence >= 0.85


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("石强村路灯坏了", "石墙村"),
        ("十强村路灯坏了", "石墙村"),
        ("清山村没水", "青山村"),
        ("石樯村三组没水", "石墙村三组"),
        ("麻家坝那里塌方", "马家坝"),
        ("老怀树那里有个坑", "老槐树"),
        ("西墙村路灯坏了", None),
        ("路灯坏了", None),
    ],
)
def test_names_that_sound_alike_are_less_certain(
    gazetteer: Gazetteer, text: str, name: str | None
) -> None:
    places = gazetteer.find(text)
    assert [place.name for place in places] == ([name] if name else [])
    assert all(place.confidence <= 0.7 for place in places)


def test_a_bare_group_belongs_to_the_speakers_village(gazetteer: Gazetteer) -> None:
    (place,) = gazetteer.find("三组没水", near="qingshan-5")
    assert place.name == "青山村三组"
    (place,) = gazetteer.find("三组没水", near="shiqiang")
    assert place.name == "石墙村三组"


def test_a_bare_group_of_a_stranger_is_ambiguous(gazetteer: Gazetteer) -> None:
    places = gazetteer.find("三组没水")
    assert {place.name for place in places} == {"石墙村三组", "青山村三组"}
    assert all(place.confidence < 0.5 for place in places)


def test_two_places_in_one_text(gazetteer: Gazetteer) -> None:
    places = gazetteer.find("石墙村三组到青山村二组的路烂了")
    assert [place.name for place in places] == ["石墙村三组", "青山村二组"]


def test_a_group_inside_a_larger_number_is_another_group() -> None:
    assert Gazetteer([Name("三组", "石墙村三组", "s3")]).find("十三组没水") == ()


def test_a_short_name_needs_word_borders() -> None:
    gazetteer = Gazetteer([Name("新民", "新民", "x")])
    assert gazetteer.find("新民警来了") == ()
    assert gazetteer.find("新民那边停水")[0].unit == "x"


def test_a_landmark_inside_the_group_that_is_named_with_it() -> None:
    gazetteer = Gazetteer(
        [
            Name("石墙村", "石墙村", "s"),
            Name("三组", "石墙村三组", "s3"),
            Name("李家院子", "石墙村三组李家院子", "s3"),
        ]
    )
    assert {place.unit for place in gazetteer.find("石墙三组李家院子门口路灯不亮")} == {"s3"}


def test_no_names_no_places() -> None:
    assert Gazetteer([]).find("石墙村三组") == ()


def test_ways_to_write_a_group() -> None:
    assert {"三组", "3组", "第三村民组", "三小组", "第3组", "三村民小组"} <= ways("三组")
    assert "十二组" in ways("12组")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("石墙村三、四组没水", ["石墙村三组", "石墙村四组"]),
        ("石墙村一至三组停电", ["石墙村一组", "石墙村二组", "石墙村三组"]),
        ("石墙村山组停电", ["石墙村三组"]),
        ("石墙三祖停电", ["石墙村三组"]),
        ("石墙村无组织地放炮", ["石墙村"]),
    ],
)
def test_groups_in_a_row_and_groups_written_by_sound(
    gazetteer: Gazetteer, text: str, found: list[str]
) -> None:
    assert [place.name for place in gazetteer.find(text)] == found


def test_places_of_a_real_town_are_found_in_any_spelling() -> None:
    written = (Path(__file__).parents[2] / "deploy" / "town.example.toml").read_text("utf-8")
    gazetteer = Gazetteer(names(townfile.build(townfile.parse(written))))
    lines = Path(__file__).with_name("places.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    missed = []
    for text, wanted in rows:
        units = {place.unit for place in gazetteer.find(normalise(text))}
        if not all(units & set(either.split("|")) for either in wanted.split()):
            missed.append(text)
    assert len(missed) <= 0.05 * len(rows), missed


@pytest.mark.parametrize(
    ("text", "written"), [("石墙村小卖部卖过期奶", "石墙村"), ("石墙村小的围墙倒了", "石墙村小")]
)
def test_a_name_is_held_against_what_follows_it(text: str, written: str) -> None:
    known = [Name("石墙村", "石墙村", "shiqiang"), Name("石墙村小", "石墙小学", "school")]
    (place,) = Gazetteer(known).find(text)
    assert place.text == written
