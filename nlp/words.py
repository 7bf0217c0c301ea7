"""Finding the lexicon's words in a text: Aho-Corasick for candidates, word borders as veto for
the short ones, `near` and `unless` for what depends on its neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from nlp import automaton
from nlp.lexicon import WINDOW, Rule
from nlp.normal import normalise
from nlp.segments import knows

TELLS = 2.0  # the weight from which a word says what is the matter
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
    begins: frozenset[str] | None  # the first characters of `near`: without them none is near
    is_plain: bool  # no conditions
    is_danger: bool  # counts only where it tells a fact
    tells: bool  # says by itself what is the matter


Hit = tuple[int, int, Use]  # text[start:end]


class Words:
    """The words of a lexicon and its layer in one automaton."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_word: dict[str, dict[str, list[Use]]] = {}  # then by aim
        begins, apart = cache(_begins), cache(_apart)  # what rules have in common is kept once
        for rule in rules:
            if word := normalise(rule.word):
                use = _use(rule, word, *apart(rule.target), begins(rule.near))
                by_word.setdefault(word, {}).setdefault(use.aim, []).append(use)
        aims: dict[str, int] = {}
        for own in by_word.values():
            for aim in own:
                aims.setdefault(aim, len(aims))
        self._aims = len(aims)
        self._vetoed = bytes(map(_is_vetoed, by_word))
        self._numbers = bytes(map(str.isdecimal, by_word))
        self._entries = [
            tuple([(aims[aim], tuple(uses)) for aim, uses in own.items()])
            for own in by_word.values()
        ]
        self._find = automaton.every(list(by_word))

    def find(self, text: str, edges: frozenset[int]) -> list[Hit]:
        """Every word that stands in the text by itself, in the order of their ends. Of two with
        the same aim the longer one swallows the shorter one inside it.

        Looked at from the end of the text (of several with one end the automaton gives the
        longest first): what lies inside a word comes after it, and begins no earlier."""
        hits: list[Hit] = []
        lowest = [len(text)] * self._aims  # where the words kept so far begin
        vetoed, entries, characters = self._vetoed, self._entries, frozenset(text)
        numbers = self._numbers
        found = self._find(text)
        found.sort(key=_end, reverse=True)
        for start, end, index in found:
            if vetoed[index] and start + 1 in edges and not (start in edges and end in edges):
                continue
            if numbers[index] and _is_longer(text, start, end):
                continue
            for aim, uses in entries[index]:
                if start >= lowest[aim]:
                    continue
                for use in uses:
                    if use.begins is not None and use.begins.isdisjoint(characters):
                        continue
                    if use.is_plain or _stands(text, start, end, use):
                        hits.append((start, end, use))
                        lowest[aim] = start
        hits.reverse()
        return hits


def _begins(near: tuple[str, ...]) -> frozenset[str] | None:
    return frozenset([word[0] for word in near]) or None


def _apart(target: str) -> tuple[str, str]:
    aim, _, name = target.partition(":")
    return aim, name


def _use(rule: Rule, word: str, aim: str, name: str, begins: frozenset[str] | None) -> Use:
    danger = aim in _DANGER or rule.target in _DANGER_SIGNALS
    plain = not rule.near and not rule.unless
    tells = aim == "kind" and rule.weight >= TELLS
    return Use(
        rule.target,
        aim,
        name,
        word,
        rule.weight,
        rule.near,
        rule.unless,
        begins,
        plain,
        danger,
        tells,
    )


def _is_vetoed(word: str) -> bool:
    """Two dictionary characters meet by chance in 修改名字 (改名); three hardly ever do, and of
    what the dictionary does not know (偷排) it cannot know the borders."""
    return len(word) == 2 and knows(word)


def _is_longer(text: str, start: int, end: int) -> bool:
    """True for a number inside another one: 120 in the number of a case or a telephone."""
    return text[end : end + 1].isdecimal() or text[max(start - 1, 0) : start].isdecimal()


def _stands(text: str, start: int, end: int, use: Use) -> bool:
    low = start - WINDOW if start > WINDOW else 0
    if use.unless:
        around = text[low : end + WINDOW]
        for word in use.unless:
            if word in around:
                return False
        if not use.near:
            return True
    before, after = text[low:start], text[end : end + WINDOW]
    for word in use.near:  # noqa: SIM110  half the time of any()
        if word in before or word in after:
            return True
    return False


_end = itemgetter(1)
