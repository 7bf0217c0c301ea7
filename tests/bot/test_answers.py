"""`xiaoge answers`: the examples written out, and how well questions find theirs."""

from __future__ import annotations

import tomllib

import pytest

from bot import town
from bot.answers import example_lines, export, measure_lines
from casework.answers import examples
from casework.townfile import build, parse

QUESTIONS = [
    "answer,text\n",
    "dibao,低保要什么材料\n",
    ",公租房怎么申请\n",
    "canji,身份证丢了怎么补\n",
]


def test_the_examples_are_listed_with_their_versions() -> None:
    listed = list(example_lines())
    assert len(listed) == len(examples())
    assert "dibao\t低保申请\t低保\tversion 1" in listed


def test_what_is_exported_a_town_can_take_over() -> None:
    rows = tomllib.loads(export())["answer"]
    assert [row["id"] for row in rows] == list(examples())
    entries = parse(
        town.example().replace("examples = true", "examples = false").partition("[[answer]]")[0]
        + export()
    )
    assert set(build(entries).answers) == set(examples())


def test_a_measurement_says_how_well_and_what_was_wrong() -> None:
    table, *rest = measure_lines(QUESTIONS, town.example())
    assert table.startswith("all, 3 questions")
    assert any("0.70  0.500  0.500      2  ← counts" in line for line in rest)
    assert "身份证丢了怎么补: shenfenzheng, not canji" in rest


def test_with_parts_each_is_measured_too() -> None:
    lines = ["part,answer,text\n", "one,dibao,低保要什么材料\n", "two,,你好\n"]
    heads = [line for line in measure_lines(lines, town.example()) if "questions" in line]
    assert [head.partition(",")[0] for head in heads] == ["all", "one", "two"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["a,b\n"], "第一行应当有 answer,text"),
        (["answer,text\n", "nowhere,低保\n"], "没有答案 nowhere"),
    ],
)
def test_a_wrong_file_is_explained(lines: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(measure_lines(lines, town.example()))
