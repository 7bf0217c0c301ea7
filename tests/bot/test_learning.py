"""`xiaoge evaluate` and `xiaoge learn`: tables for people, weights in the lexicon's own format."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.learning import evaluate_lines, learn_lines
from nlp.lexicon import shipped

ROWS = ["label,title,text\n"] + [
    f"{label},{place}{matter},我们{place}的{matter}，请帮忙\n"
    for label, matter in (("交通运输", "班车不来"), ("环境保护", "河水发臭"))
    for place in ("村里", "镇上", "组里", "街上", "坝上")
]


def test_an_evaluation_says_how_well_and_what_is_mistaken() -> None:
    whole, titles = evaluate_lines(ROWS, ["交通运输", "环境保护"])
    assert "macro-F1 1.000 · coverage 1.000" in whole
    assert titles.startswith("title only")
    wrong = "".join(evaluate_lines(["label,title,text\n", "民政,班车不来,\n"], []))
    assert "民政 → 交通运输" in wrong


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["a,b\n"], "第一行"),
        (["label,title,text\n", "天气,下雨,\n"], "第 2 行：没有“天气”"),
        (["label,title,text\n"], "没有可学的"),
    ],
)
def test_a_wrong_file_is_explained(lines: list[str], says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says):
        list(learn_lines([lines], tmp_path, 1, 100))


def told(lines: Iterator[str]) -> str:
    return "\n".join(lines)


def test_a_few_corrected_cases_move_the_weights_that_are_there(tmp_path: Path) -> None:
    said = told(learn_lines([["label,tokens\n", "交通运输,低保 没批 两河口\n"]], tmp_path, 1, 100))
    assert "moved from the weights that are there" in said
    assert "两河口" in (tmp_path / "traffic.toml").read_text("utf-8")
    assert len(list(tmp_path.iterdir())) == len(
        {n for own in shipped().learned().values() for n, _ in own}
    )


def test_many_rows_teach_from_nothing(tmp_path: Path) -> None:
    said = told(learn_lines([ROWS[:1] + ROWS[1:] * 20], tmp_path, 2, 60))
    assert "learned from nothing" in said
    assert "cross-validated in 2 parts, title only" in said
    assert {path.stem for path in tmp_path.iterdir()} == {"traffic", "environment"}


def test_labelled_sentences_teach_hints(tmp_path: Path) -> None:
    lines = ["label,title,text\n"] + [
        f"{label},{who}{what},\n"
        for label, what in (("emergency", "掉进河里没起来"), ("-", "来河里捞草"))
        for who in ("娃", "老人", "工人", "学生")
    ]
    (said,) = learn_lines([lines], tmp_path, folds=1, size=100)
    assert said.startswith("emergency: ")
    written = tomllib.loads((tmp_path / "emergency.toml").read_text("utf-8"))
    assert written["target"] == "urgency:emergency"
    assert {word for words in written["weights"].values() for word in words.split()}
