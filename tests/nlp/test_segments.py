from __future__ import annotations

import pytest

from nlp.segments import borders, cut, is_whole, plain_cut

TRAPS = [
    ("修改名字要什么手续", "改名", False),
    ("两个学区别大", "学区", False),
    ("这种子女不孝顺", "种子", False),
    ("赌博物馆", "赌博", False),
    ("垃圾桶满了", "垃圾", True),
    ("有人在赌博", "赌博", True),
]


@pytest.mark.parametrize(("text", "word", "whole"), TRAPS)
def test_words_across_borders_are_vetoed(text: str, word: str, whole: bool) -> None:
    start = text.index(word)
    assert is_whole(start, start + len(word), borders(text)) is whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [trap[0] for trap in TRAPS] + ["村口路灯坏了1个星期，wifi也断了。"]
)
def test_the_pure_python_jieba_cuts_alike(text: str) -> None:
    assert plain_cut(text) == cut(text)
