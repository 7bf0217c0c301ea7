"""Finding many words in a text at once (Aho-Corasick): a text costs the same however many words
there are. By daachorse where it has a wheel, else by ahocorasick_rs (decision 0020)."""

from __future__ import annotations

from collections.abc import Callable

Match = tuple[int, int, int]  # start, end, index of the word
Finder = Callable[[str], list[Match]]


def every(words: list[str]) -> Finder:
    """Finds all words of the text by their ends, and the longest first of those with one end."""
    try:
        from daachorse import CharwiseDoubleArrayAhoCorasick
    except ImportError:
        return plain(words, is_longest=False)
    return CharwiseDoubleArrayAhoCorasick(words).find_overlapping


def longest(words: list[str]) -> Finder:
    """Finds, from left to right, the longest word that begins at a place, and goes on behind it."""
    try:
        from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick
    except ImportError:
        return plain(words, is_longest=True)
    return CharwiseDoubleArrayAhoCorasick(words, MATCH_KIND_LEFTMOST_LONGEST).find


def plain(words: list[str], *, is_longest: bool) -> Finder:
    """The same, found by ahocorasick_rs."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    kind = MatchKind.LeftmostLongest if is_longest else MatchKind.Standard
    find = AhoCorasick(words, matchkind=kind).find_matches_as_indexes
    return lambda text: [
        (start, end, index) for index, start, end in find(text, overlapping=not is_longest)
    ]
