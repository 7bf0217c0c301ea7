"""Word borders. jieba's dictionary and algorithm without its guessing of unknown words: what
the dictionary does not know falls apart into characters and so forbids nothing. That needs no
user words, hence no state that one town's names could leave behind for another's."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from itertools import accumulate


@cache
def _cutter() -> Callable[[str], list[str]]:
    try:
        import rjieba
    except ImportError:  # no wheel for this processor: the same output, 20 times slower
        return plain_cut
    return partial(rjieba.cut, hmm=False)


def plain_cut(text: str) -> list[str]:
    """The pure-Python jieba."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return list(jieba.cut(text, HMM=False))


def cut(text: str) -> list[str]:
    """Words of a text; joined they give the text again."""
    return _cutter()(text)


def knows(word: str) -> bool:
    """True if the dictionary has the word."""
    return cut(word) == [word]


def borders(text: str) -> frozenset[int]:
    """Offsets at which a word begins or ends, 0 and the length included."""
    return frozenset(accumulate(map(len, _cutter()(text)), initial=0))


def is_whole(start: int, end: int, edges: frozenset[int]) -> bool:
    """The veto: a find counts if it lies inside one word, or begins and ends where words do."""
    if start in edges and end in edges:
        return True
    return edges.isdisjoint(range(start + 1, end))
