"""Villagers' sentences for all fifteen fields (fields.tsv). They were written before the rules
were tuned; a part of them is held out, so that it shows what is only learned by heart."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.evaluate import Row, evaluate
from nlp.fields import field_and_topic
from nlp.judge import weigh
from nlp.lexicon import FIELDS, shipped
from nlp.reader import Reader, learned_words
from nlp.segments import borders
from nlp.words import Words

LINES = [
    line.split("\t")
    for line in Path(__file__).with_name("fields.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
TUNED: list[Row] = [(field, "", text) for part, field, text in LINES if part == "t"]
HELD_OUT: list[Row] = [(field, "", text) for part, field, text in LINES if part == "h"]


def test_every_field_is_asked_for() -> None:
    assert len(LINES) >= 300
    assert {field for field, _, _ in TUNED} == {field for field, _, _ in HELD_OUT} == set(FIELDS)


@pytest.mark.parametrize("rows", [TUNED, HELD_OUT], ids=["tuned", "held out"])
def test_fields_of_villagers_sentences(rows: list[Row]) -> None:
    report = evaluate(Reader(shipped()), rows)
    assert report.macro_f1 >= 0.85, report.confusions[:10]
    assert report.coverage >= 0.97


@pytest.mark.parametrize("among", [FIELDS, ("城乡建设", "交通运输", "环境保护")])
def test_the_words_that_are_shown_add_up_to_the_score(among: tuple[str, ...]) -> None:
    lexicon, only = shipped(), frozenset(among)
    words, learned = Words(lexicon.rules), learned_words(lexicon, (), only)
    for _, _, text in TUNED:
        evidence = weigh(text, words.find(text, borders(text)))
        field, _ = field_and_topic(evidence, learned.tally(text), learned, lexicon.topics, only)
        assert sum(weight for _, weight in field.words) == pytest.approx(field.score, abs=0.02)
