from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nlp.evaluate import compare, evaluate
from nlp.learn import (
    Weights,
    adjust,
    choose_words,
    cross_validate,
    folds,
    grams,
    train,
    with_weights,
    write,
)
from nlp.lexicon import Rule, shipped
from nlp.reader import Reader

# made-up messages: what matters is only that each label has words of its own
ROWS = [
    (label, f"{place}{matter}", f"我们{place}的{matter}，请帮忙")
    for label, matter in (
        ("交通运输", "班车不来"),
        ("交通运输", "公路烂了"),
        ("环境保护", "河水发臭"),
        ("环境保护", "工厂噪音"),
        ("教育文体", "学校补课"),
        ("教育文体", "老师太少"),
    )
    for place in ("村里", "镇上", "组里", "街上", "坝上")
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return train(shipped(), [ROWS], size=60)


def test_words_speak_for_their_label(weights: Weights) -> None:
    assert set(weights) == {"交通运输", "环境保护", "教育文体"}
    assert max(weights["交通运输"].get(word, 0) for word in ("班车", "公路")) > 0
    assert max(weights["教育文体"].get(word, 0) for word in ("学校", "老师")) > 0


def test_words_of_no_label_vanish(weights: Weights) -> None:
    assert all("村里" not in words and "请帮" not in words for words in weights.values())


def test_learning_is_the_same_every_time(weights: Weights) -> None:
    assert train(shipped(), [ROWS], size=60) == weights


def test_the_rarest_words_are_no_candidates() -> None:
    texts = [("a", "共同的话")] * 5 + [("b", "别的")] * 5 + [("b", "孤单")]
    chosen = choose_words(texts, 100)
    assert "共同" in chosen
    assert "孤单" not in chosen


def test_grams_are_runs_of_chinese_characters() -> None:
    assert sorted(grams("修路a1吧")) == sorted(["修", "路", "修路", "吧"])


def test_written_weights_can_be_read_again(weights: Weights, tmp_path: Path) -> None:
    assert {path.stem for path in write(weights, tmp_path)} == {
        "traffic",
        "environment",
        "education",
    }
    read: Weights = {}
    for file in tmp_path.iterdir():
        table = tomllib.loads(file.read_text("utf-8"))
        read[table["field"]] = {
            word: float(weight)
            for weight, words in table["weights"].items()
            for word in words.split()
        }
    assert read == weights


def test_every_row_is_tested_once() -> None:
    tested = [row for _, test in folds(ROWS, 3) for row in test]
    assert sorted(tested) == sorted(ROWS)
    for learned, test in folds(ROWS, 3):
        assert len(learned) + len(test) == len(ROWS)


def test_figures_of_an_evaluation() -> None:
    report = compare(["a", "a", "b", "b"], ["a", "b", "b", ""])
    a, b = report.scores
    assert (a.precision, a.recall, round(a.f1, 3)) == (1.0, 0.5, 0.667)
    assert (b.precision, b.recall, b.support) == (0.5, 0.5, 2)
    assert round(report.macro_f1, 3) == 0.583
    assert report.coverage == 0.75
    assert report.confusions == (("a", "b", 1), ("b", "", 1))


def test_the_shipped_words_know_these_rows() -> None:
    reader = Reader(shipped(), among={label for label, _, _ in ROWS})
    assert evaluate(reader, ROWS).macro_f1 == 1.0
    assert evaluate(reader, ROWS, title_only=True).macro_f1 == 1.0


def test_cross_validation_reads_what_it_has_not_learned() -> None:
    whole, titles = cross_validate(shipped(), [ROWS], count=3, size=60)
    assert whole.macro_f1 == titles.macro_f1 == 1.0
    assert sum(score.support for score in whole.scores) == len(ROWS)


def test_a_case_that_was_misread_moves_its_words_and_no_others() -> None:
    before = {"交通运输": {"班车": 1.0, "车": 0.5}, "环境保护": {"车": 2.0, "臭": 1.0}}
    after = adjust(before, [("交通运输", "车来了", "")])
    assert after["交通运输"]["车"] > 0.5
    assert after["环境保护"]["车"] < 2.0
    assert after["交通运输"]["班车"] == after["环境保护"]["臭"] == 1.0


def test_a_case_that_is_read_clearly_moves_nothing() -> None:
    before = {"交通运输": {"班车": 2.0}, "环境保护": {"臭": 2.0}}
    assert adjust(before, [("交通运输", "班车", "班车")]) == before


def test_a_field_without_weights_only_takes_from_the_others() -> None:
    before = {"交通运输": {"田": 2.0}, "环境保护": {"臭": 2.0}}
    after = adjust(before, [("农村农业", "田里没水", "")])
    assert set(after) == set(before)
    assert after["交通运输"]["田"] < 2.0


def test_a_learned_word_never_speaks_against_a_persons_rule() -> None:
    lexicon = with_weights(shipped(), {"环境保护": {"亮堂堂": 3.0}, "交通运输": {"亮堂堂": 1.0}})
    ours = Reader(lexicon, layer=[Rule("topic:乡村道路", "亮堂堂", 3.0)])
    assert Reader(lexicon).read("亮堂堂坏了").field == "环境保护"
    assert ours.read("亮堂堂坏了").field == "交通运输"
