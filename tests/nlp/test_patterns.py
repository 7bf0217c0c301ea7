from __future__ import annotations

import re
from typing import Any

import pytest

from nlp.lexicon import tables
from nlp.patterns import SECTIONS, Patterns, spread
from nlp.segments import borders

WORDS: dict[str, Any] = {
    "setting": {"child": "娃 孩子", "water": "河 塘 塘边"},
    "against": {"toy": "手机"},
    "words": {"harmless": "掉漆", "fall": "掉 掉到 滑下去", "gone": "{没|不}起来 掉到底"},
}


def found(text: str, *patterns: str) -> list[str]:
    group = {"targets": ["urgency:emergency"], "patterns": list(patterns)}
    known = Patterns([WORDS, {"group": [group]}])
    return [each.word for _, found in known.find(text, borders(text)) for each in found]


def test_words_are_spread() -> None:
    assert list(spread("{喊|叫}不{应|醒} 晕倒")) == ["喊不应", "喊不醒", "叫不应", "叫不醒", "晕倒"]


def test_a_choice_within_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="a choice within a choice"):
        list(spread("{冻{坏|害}}"))


def test_every_kind_of_word_is_used() -> None:
    written = list(tables("patterns"))
    kinds = {kind for each in written for section in SECTIONS for kind in each.get(section, ())}
    groups = [group for each in written for group in each.get("group", ())]
    said = " ".join(f"{' '.join(g['patterns'])} {g.get('unless', '')}" for g in groups)
    assert kinds - set(re.findall(r"\w+", said)) == {"harmless"}


@pytest.mark.parametrize(
    ("text", "pattern", "word"),
    [
        ("娃掉到塘里了", "fall > water /3", "掉到…塘"),
        ("塘里掉到娃", "fall > water /3", None),  # the other way round
        ("塘里掉到娃", "fall & water /3", "塘…掉到"),
        ("掉到那边的一个塘里", "fall > water /3", None),  # too far
        ("娃掉到塘里没起来", "child|toy & gone /9", "娃…没起来"),
        ("娃在塘边滑下去没起来", "water & fall > gone /1 & child /3", "娃…塘边…滑下去…没起来"),
        ("手机掉到河里", "fall > water /3 ! toy", None),
        ("门掉漆了，河边", "fall > water /6", None),  # the longer word hides the shorter one
        ("娃掉到底了", "child > fall /2", "娃…掉到底"),  # … but is also what it begins with
    ],
)
def test_what_fulfils_a_pattern(text: str, pattern: str, word: str | None) -> None:
    assert found(text, pattern) == ([word] if word else [])


def test_of_many_patterns_those_are_found_of_which_all_words_are_there() -> None:
    text = "娃掉到塘里没起来"
    short, long = "gone", "child & fall > water /3 & gone /9"
    assert found(text, long, "toy & fall", short, "child > toy", "water > child") == [
        "娃…掉到…塘…没起来",
        "没起来",
    ]


def test_a_short_word_that_happens_stands_by_itself() -> None:
    assert found("丢掉河边的东西", "fall > water /3") == []


def test_nothing_is_found_in_an_empty_text() -> None:
    assert found("", "fall > water") == []
