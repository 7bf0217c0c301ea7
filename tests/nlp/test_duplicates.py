"""Who speaks of the same matter? Measured on messages written for it (`matters.tsv`)."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from nlp.duplicates import (
    ENOUGH,
    PERSONAL,
    SHARED,
    Signature,
    group,
    keys,
    likeness,
    signature,
)
from nlp.lexicon import shipped
from nlp.reader import Reader

ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "matters.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
THREE = ("shiqiang-3", "shiqiang-g3", "shiqiang")
FOUR = ("shiqiang-4", "shiqiang-g4", "shiqiang")


@pytest.fixture(scope="module")
def signatures(reader: Reader) -> list[Signature]:
    readings = [reader.read(text) for _, text in ROWS]
    return [signature(reading.text, reading.topic) for reading in readings]


def test_matters_are_told_apart(signatures: list[Signature]) -> None:
    groups = group(signatures)
    pairs = list(combinations(range(len(ROWS)), 2))
    same = {(a, b) for a, b in pairs if ROWS[a][0] == ROWS[b][0] != "-"}
    found = {(a, b) for a, b in pairs if groups[a] == groups[b]}
    assert len(same & found) >= 0.85 * len(same)
    assert len(same & found) >= 0.98 * len(found)
    assert groups == group(signatures)


def test_each_of_a_group_can_be_found_by_its_keys(signatures: list[Signature]) -> None:
    """Whoever is alike has a key in common: nothing that is the same is missed by the index."""
    filed = [set(keys(each)) for each in signatures]
    assert max(map(len, filed)) <= 25
    for (a, one), (b, other) in combinations(enumerate(signatures), 2):
        if ROWS[a][0] == ROWS[b][0] != "-" and likeness(one, other) >= ENOUGH:
            assert filed[a] & filed[b], (ROWS[a], ROWS[b])


def test_keys_are_positive_numbers_of_63_bits() -> None:
    found = keys(signature("云栖雅苑捆绑销售车位", "物业", THREE))
    assert len(found) == len(set(found))
    assert all(0 <= key < 2**63 for key in found)


def test_how_it_is_said_does_not_matter_for_a_lamp_of_the_same_group() -> None:
    one = signature("村口路灯坏了", "路灯", THREE)
    assert likeness(one, signature("晚上黑漆漆的，灯一个星期没亮", "路灯", THREE)) >= ENOUGH
    assert likeness(one, signature("路灯不亮", "路灯", THREE[2:])) >= ENOUGH  # the whole village
    assert likeness(one, signature("村口路灯坏了", "路灯", FOUR)) == 0.0
    assert likeness(one, signature("路边垃圾没人收", "垃圾清运", THREE)) < ENOUGH


def test_the_place_alone_makes_no_group() -> None:
    """Whoever has hardly a word in common with the others of the same place speaks of something else."""
    about = [
        Signature({"云栖雅": 10.0}, {"车位": 0.6, "捆绑": 0.6, rest: 0.53}) for rest in "甲乙丙丁"
    ]
    other = Signature({"云栖雅": 10.0}, {"车位": 0.12, "幼儿": 0.99})
    assert likeness(other, about[0]) >= ENOUGH
    assert group([*about, other]) == [0, 0, 0, 0, 4]
    assert group([other, *about]) == [0, 1, 1, 1, 1]
    assert group([other, about[0]]) == [0, 1]


def test_the_same_kind_of_matter_elsewhere_is_another_one() -> None:
    here, there, nowhere = ({"云栖雅": 10.0}, {"海棠湾": 10.0}, {})
    alike = [
        Signature(names, {"车位": 0.5, rest: 0.87}, "物业")
        for names, rest in zip((here, there, nowhere), "甲乙丙", strict=True)
    ]
    assert likeness(alike[0], alike[1]) < likeness(alike[0], alike[2])


def test_an_institution_is_named_by_more_than_an_ordinary_word() -> None:
    said, named = signature("中专学校里面"), signature("绍基学校里面")
    assert 0 < sum(said.names.values()) < sum(named.names.values()) / 2


def test_topics_that_are_named_exist() -> None:
    assert shipped().topics.keys() >= SHARED | PERSONAL
    assert not SHARED & PERSONAL


@pytest.mark.parametrize("text", ["", "。", "好", "abc", "停水" * 2000])
def test_any_text_has_a_signature(text: str) -> None:
    found = signature(text)
    assert 0.0 <= likeness(found, found) <= 1.0
    assert group([found, found]) in ([0, 0], [0, 1])


def test_nothing_is_grouped_among_nothing() -> None:
    assert group([]) == []
