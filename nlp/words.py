"""Finding the lexicon's words in a text: Aho-Corasick for candidates, word borders as veto for
the short ones, `near` and `unless` for what depends on its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick

from nlp.lexicon import WINDOW, Rule
from nlp.normal import normalise
from nlp.segments import borders, is_whole, knows

Pairs = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule whose word stands at text[start:end]."""

    start: int
    end: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Found:
    hits: list[Hit] = field(default_factory=list)
    learned: dict[str, Pairs] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    rules: tuple[Rule, ...]
    learned: Pairs
    vetoed: bool


class Words:
    """All words of a lexicon and its layer in one automaton."""

    def __init__(self, rules: Iterable[Rule], learned: Mapping[str, Pairs]) -> None:
        by_word: dict[str, list[Rule]] = {}
        for rule in rules:
            if word := normalise(rule.word):
                by_word.setdefault(word, []).append(rule)
        self._words = sorted(by_word.keys() | learned.keys())
        self._entries = [
            _Entry(tuple(by_word.get(word, ())), learned.get(word, ()), _is_vetoed(word))
            for word in self._words
        ]
        self._finder = AhoCorasick(self._words)

    def find(self, text: str) -> Found:
        """Every word that stands in the text by itself; of two rules with the same aim
        the longer word swallows the shorter one inside it."""
        hits: list[Hit] = []
        learned: dict[str, Pairs] = {}
        edges = borders(text)
        for index, start, end in self._finder.find_matches_as_indexes(text, overlapping=True):
            entry = self._entries[index]
            if entry.learned:
                learned[self._words[index]] = entry.learned
            if not entry.rules or (entry.vetoed and not is_whole(start, end, edges)):
                continue
            hits += [
                Hit(start, end, rule) for rule in entry.rules if _stands(text, start, end, rule)
            ]
        return Found(_outermost(hits), learned)


def _is_vetoed(word: str) -> bool:
    """Two dictionary characters meet by chance in 修改名字 (改名); three hardly ever do, and of
    what the dictionary does not know (偷排) it cannot know the borders."""
    return len(word) == 1 or (len(word) == 2 and knows(word))


def _stands(text: str, start: int, end: int, rule: Rule) -> bool:
    if not rule.near and not rule.unless:
        return True
    around = f"{text[max(0, start - WINDOW) : start]}\n{text[end : end + WINDOW]}"
    if rule.near and not any(word in around for word in rule.near):
        return False
    whole = text[max(0, start - WINDOW) : end + WINDOW]
    return not any(word in whole for word in rule.unless)


def _outermost(hits: list[Hit]) -> list[Hit]:
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    widest: dict[str, tuple[int, int]] = {}
    kept = []
    for hit in hits:
        aim = hit.rule.target.partition(":")[0]
        start, end = widest.get(aim, (-1, -1))
        if end >= hit.end and (start, end) != (hit.start, hit.end):
            continue
        if end < hit.end:
            widest[aim] = (hit.start, hit.end)
        kept.append(hit)
    return kept
