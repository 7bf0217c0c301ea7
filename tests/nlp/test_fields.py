"""Villagers' sentences for all fifteen fields (fields.tsv): some the rules are tuned on or the
weights learned from, with the words of scenes.csv; those held out of both show what is not only
known by heart."""

from __future__ import annotations

import pytest

from nlp.evaluate import Row, evaluate
from nlp.fields import field_and_topic
from nlp.judge import weigh
from nlp.lexicon import FIELDS, shipped
from nlp.reader import Reader, learned_words
from nlp.segments import borders
from nlp.words import Words
from tests.nlp.teaching import lines, of_fields

LINES = [tuple(line) for line in lines("fields.tsv")]
LEARNED: list[Row] = [(field, text, "") for field, text in of_fields()]
HELD_OUT: dict[str, list[Row]] = {
    part: [(field, text, "") for told, field, text in LINES if told == part] for part in "homb"
}


def test_every_field_is_asked_for() -> None:
    for rows in (LEARNED, *HELD_OUT.values()):
        assert {field for field, _, _ in rows} == set(FIELDS)


def test_nothing_held_out_is_learned_from() -> None:
    held_out = {text for rows in HELD_OUT.values() for _, text, _ in rows}
    assert {text for _, text, _ in LEARNED}.isdisjoint(held_out)


@pytest.mark.parametrize(
    ("rows", "least"),
    [
        (LEARNED, 0.92),
        (HELD_OUT["h"], 0.95),
        (HELD_OUT["o"], 0.78),
        (HELD_OUT["m"], 0.70),
        (HELD_OUT["b"], 0.87),
    ],
    ids=["learned from", "held out", "held out, oblique", "held out, mixed", "blind"],
)
def test_fields_of_villagers_sentences(rows: list[Row], least: float) -> None:
    report = evaluate(Reader(shipped()), rows)
    assert report.macro_f1 >= least, report.confusions[:10]
    assert report.coverage >= 0.97


@pytest.mark.parametrize("among", [FIELDS, ("城乡建设", "交通运输", "环境保护")])
def test_the_words_that_are_shown_add_up_to_the_score(among: tuple[str, ...]) -> None:
    lexicon, only = shipped(), frozenset(among)
    words, learned = Words(lexicon.rules), learned_words(lexicon, (), only)
    for _, text, _ in LEARNED[:500]:
        evidence = weigh(text, words.find(text, borders(text)))
        field, _ = field_and_topic(evidence, learned.tally(text), learned, lexicon.topics, only)
        assert sum(weight for _, weight in field.words) == pytest.approx(field.score, abs=0.02)
