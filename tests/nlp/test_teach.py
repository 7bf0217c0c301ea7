"""How hints are taught: what of a sentence can be a word of one, and that the shipped ones are what
these tests' sentences teach, the held-out ones not among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.learning import learn_lines
from nlp.hints import marked, signs
from nlp.teach import train_hints
from tests.nlp import teaching

SHIPPED = Path(__file__).parents[2] / "nlp/lexicon/hints"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("狗咬人", "①「狗咬人」"),
        ("谁家娃在塘里！！快来。", "②「谁家娃在塘里，快来」"),
        ("能报销吗？", "①「能报销吗？」"),
        ("快来修啊快快快快快快快快快快", "②「快来修啊快快快」"),
        ("", "①「」"),
    ],
)
def test_a_text_as_hints_see_it(text: str, seen: str) -> None:
    assert marked(text) == seen


def test_words_of_a_hint_know_the_ends_of_the_text_and_its_length() -> None:
    assert set(signs("去吗")) == {"①", "去", "吗", "「去", "去吗", "吗」", "「去吗", "去吗」"}


def test_how_a_region_speaks_is_a_sign_of_nothing() -> None:
    assert {"哒", "哒」"}.isdisjoint(signs("水来哒"))


def test_words_speak_for_their_label() -> None:
    people = ("娃", "老人", "他", "婆婆", "有人")
    rows = [("emergency", f"{who}掉进塘里", "") for who in people]
    rows += [("-", f"{who}在塘边走", "") for who in people]
    weights = train_hints(rows)
    assert set(weights) == {"emergency"}
    assert weights["emergency"]["掉进"] > 0 > weights["emergency"]["边走"]


def test_nothing_that_is_held_out_is_taught() -> None:
    taught = {sentence for _, sentence in teaching.of_hints()}
    held_out = {sentence for part, _, sentence in teaching.lines("unforeseen.tsv") if part == "h"}
    assert len(held_out) > 800
    assert not taught & held_out


@pytest.mark.slow
def test_the_shipped_hints_are_what_these_sentences_teach(tmp_path: Path) -> None:
    for _ in learn_lines([teaching.written(teaching.of_hints())], tmp_path, 1, 0):
        pass
    learned = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert learned == {path.name: path.read_text("utf-8") for path in SHIPPED.iterdir()}
