"""Finding the lexicon's words in a text: Aho-Corasick for candidates, word borders as veto for
the short ones, `near` and `unless` for what depends on its neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from nlp.lexicon import WINDOW, Rule
from nlp.normal import normalise
from nlp.segments import is_whole, knows

Span = tuple[int, int]
_DANGER = frozenset({"urgency", "subkind"})
_DANGER_SIGNALS = frozenset({"signal:life", "signal:violence_home", "signal:self_harm"})


@dataclass(frozen=True, slots=True)
class Use:
    """A rule, taken apart once."""

    target: str
    aim: str  # topic, field, kind …
    name: str  # 路灯, 民政, grievance …
    word: str
    weight: float
    near: tuple[str, ...]
    unless: tuple[str, ...]
    is_plain: bool  # no conditions
    is_danger: bool  # counts only where it tells a fact


Hit = tuple[int, int, Use]  # text[start:end]


class Words:
    """The words of a lexicon and its layer in one automaton."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_word: dict[str, list[Use]] = {}
        for rule in rules:
            if word := normalise(rule.word):
                by_word.setdefault(word, []).append(_use(rule, word))
        self._uses = [tuple(uses) for uses in by_word.values()]
        self._vetoed = [_is_vetoed(word) for word in by_word]
        self._finder = AhoCorasick(list(by_word))

    def find(self, text: str, edges: frozenset[int]) -> list[Hit]:
        """Every word that stands in the text by itself, in the order of the text. Of two with
        the same aim the longer one swallows the shorter one inside it."""
        hits: list[Hit] = []
        found = hits.append
        uses, vetoed = self._uses, self._vetoed
        for index, start, end in self._finder.find_matches_as_indexes(text, overlapping=True):
            if vetoed[index] and not is_whole(start, end, edges):
                continue
            for use in uses[index]:
                if use.is_plain or _stands(text, start, end, use):
                    found((start, end, use))
        return _outermost(hits) if len(hits) > 1 else hits


def _use(rule: Rule, word: str) -> Use:
    aim, _, name = rule.target.partition(":")
    danger = aim in _DANGER or rule.target in _DANGER_SIGNALS
    plain = not rule.near and not rule.unless
    return Use(rule.target, aim, name, word, rule.weight, rule.near, rule.unless, plain, danger)


def _is_vetoed(word: str) -> bool:
    """Two dictionary characters meet by chance in 修改名字 (改名); three hardly ever do, and of
    what the dictionary does not know (偷排) it cannot know the borders."""
    return len(word) == 1 or (len(word) == 2 and knows(word))


def _stands(text: str, start: int, end: int, use: Use) -> bool:
    low = start - WINDOW if start > WINDOW else 0
    if use.unless:
        around = text[low : end + WINDOW]
        for word in use.unless:
            if word in around:
                return False
    if not use.near:
        return True
    around = f"{text[low:start]}\n{text[end : end + WINDOW]}"
    for word in use.near:  # noqa: SIM110  half the time of any()
        if word in around:
            return True
    return False


def _outermost(hits: list[Hit]) -> list[Hit]:
    hits.sort(key=_order)
    widest: dict[str, Span] = {}
    kept = []
    for hit in hits:
        start, end, use = hit
        wide = widest.get(use.aim)
        if wide is None or wide[1] < end:
            widest[use.aim] = (start, end)
        elif wide != (start, end):
            continue
        kept.append(hit)
    return kept


def _order(hit: Hit) -> Span:
    return hit[0], -hit[1]
