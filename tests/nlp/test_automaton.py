from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.automaton import every, longest, plain

LETTERS = "坏灯水路3a"
word = st.text(LETTERS, min_size=1, max_size=4)


def test_words_that_end_together_come_longest_first() -> None:
    assert every(["灯", "路灯", "路灯坏"])("路灯坏") == [(0, 2, 1), (1, 2, 0), (0, 3, 2)]


def test_the_longest_hides_what_is_inside_it() -> None:
    assert longest(["灯", "路灯", "坏"])("路灯坏") == [(0, 2, 1), (2, 3, 2)]


@given(st.lists(word, unique=True), st.text(LETTERS + "，", max_size=20))
def test_both_libraries_find_the_same(words: list[str], text: str) -> None:
    assert every(words)(text) == plain(words, is_longest=False)(text)
    assert longest(words)(text) == plain(words, is_longest=True)(text)
