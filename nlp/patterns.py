"""Sentences put together from kinds of words: who × what happens × where (lexicon/patterns/*.toml).

A list holds what somebody thought of; 娃…掉…塘 and 崽…栽…粪坑 are the same sentence. A pattern
names kinds of words that stand near each other. Of the words that begin at one place the longest
counts, so that a harmless one (打电话, 火车) hides the dangerous one inside it.

    fall > water /3 ! animal     a word of `fall`, then one of `water` at most 3 characters on,
                                 and none of `animal` near
    child & gone|lost /12        in either order; either kind
    fall > water /3 & child /9   what `&` joins, in any order, at most 9 characters apart
    {喊|叫}不{应|醒}              in a list of words: 喊不应 喊不醒 叫不应 叫不醒
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import files
from itertools import permutations, product
from operator import or_
from typing import Any, Final

from ahocorasick_rs import AhoCorasick, MatchKind

from nlp.segments import knows

SECTIONS: Final = ("setting", "against", "words")
GAP: Final = 8  # characters between neighbours, where a pattern says nothing
AROUND: Final = 12  # characters on either side in which `unless` is looked for
_CHOICE = re.compile(r"\{([^{}]*)\}")

Token = tuple[int, int, int]  # start, end, kinds as bits
Link = tuple[int, int]  # characters since the one before, at most; kinds


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern that the text fulfils."""

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]  # which may be denied: all of it, and what happens
    targets: tuple[str, ...]
    word: str  # 娃…掉…塘
    weight: float


@dataclass(frozen=True, slots=True)
class Pattern:
    targets: tuple[str, ...]
    weight: float
    kinds: tuple[int, ...]  # bits, one of which each word must have
    orders: tuple[tuple[Link, ...], ...]
    unless: int


class Patterns:
    """The shipped patterns, ready for search."""

    def __init__(self, tables: Iterable[Mapping[str, Any]]) -> None:
        tables = list(tables)
        self._bits = _bits(tables)
        self._setting = self._any_of(k for table in tables for k in table.get("setting", ()))
        against = self._any_of(k for table in tables for k in table.get("against", ()))
        words = _vocabulary(tables, self._bits, against)
        self._kinds = list(words.values())
        self._vetoed = [self._is_vetoed(word, kinds) for word, kinds in words.items()]
        self._finder = AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest)
        self._by_bit: dict[int, list[Pattern]] = {}
        for table in tables:
            for group in table.get("group", ()):
                for written in group["patterns"]:
                    self._add(self._pattern(group, written))
        self._triggers = sum(self._by_bit)
        self.targets = frozenset(
            target for known in self._by_bit.values() for each in known for target in each.targets
        )

    def _is_vetoed(self, word: str, kinds: int) -> bool:
        """What happens is meant only where it stands as a word; who and where decide nothing
        alone."""
        if len(word) == 1:
            return True
        return len(word) == 2 and bool(kinds & ~self._setting) and knows(word)

    def find(self, text: str, edges: frozenset[int]) -> Iterator[Found]:
        """What the text fulfils, worked out only as far as it is asked for. `edges`: word
        borders, which short words must respect (随着火车)."""
        kinds, vetoed = self._kinds, self._vetoed
        tokens: list[Token] = []
        seen = 0
        for index, start, end in self._finder.find_matches_as_indexes(text):
            here = kinds[index]
            if here and (not vetoed[index] or (start in edges and end in edges)):
                seen |= here
                tokens.append((start, end, here))
        return self._fulfilled(text, tokens, seen) if seen & self._triggers else iter(())

    def _fulfilled(self, text: str, tokens: Sequence[Token], seen: int) -> Iterator[Found]:
        for bit in _single(seen & self._triggers):
            for pattern in self._by_bit[bit]:
                for kind in pattern.kinds:  # a third of the time of all()
                    if not seen & kind:
                        break
                else:
                    yield from self._stretches(text, tokens, pattern)

    def _stretches(self, text: str, tokens: Sequence[Token], pattern: Pattern) -> Iterator[Found]:
        for order in pattern.orders:
            for first, token in enumerate(tokens):
                if not token[2] & order[0][1]:
                    continue
                chain = _chain(tokens, order, first)
                if chain is None or _near(tokens, chain[0][0], chain[-1][1], pattern.unless):
                    continue
                start, end = chain[0][0], chain[-1][1]
                happens = ((at, to) for at, to, here in chain if not here & self._setting)
                word = "…".join(text[at:to] for at, to, _ in chain)
                yield Found(
                    start, end, ((start, end), *happens), pattern.targets, word, pattern.weight
                )

    def _add(self, pattern: Pattern) -> None:
        """Looked for only when a word of its most telling kind is there."""
        trigger = next((kind for kind in pattern.kinds if not kind & self._setting), None)
        for bit in _single(trigger or pattern.kinds[0]):
            self._by_bit.setdefault(bit, []).append(pattern)

    def _pattern(self, group: Mapping[str, Any], written: str) -> Pattern:
        rest, _, unless = written.partition("!")
        pieces, apart = [], GAP
        for piece in rest.split("&"):
            words, _, gap = piece.partition("/")
            kinds = [self._any_of(word.split("|")) for word in words.split(">")]
            if gap and len(kinds) == 1:
                apart = int(gap)
            pieces.append((int(gap) if gap else GAP, kinds))
        orders = (
            tuple(
                (gap if at else apart, kind)
                for gap, kinds in order
                for at, kind in enumerate(kinds)
            )
            for order in permutations(pieces)
        )
        return Pattern(
            targets=tuple(group["targets"]),
            weight=float(group.get("weight", 3.0)),
            kinds=tuple(kind for _, kinds in pieces for kind in kinds),
            orders=tuple(dict.fromkeys(orders)),
            unless=self._any_of(f"{unless} {group.get('unless', '')}".split()),
        )

    def _any_of(self, names: Iterable[str]) -> int:
        bits = 0
        for name in names:
            bits |= self._bits[name.strip()]
        return bits


def _bits(tables: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """A bit for each kind of word, none for what is harmless."""
    kinds = [kind for table in tables for section in SECTIONS for kind in table.get(section, ())]
    return {kind: 1 << at for at, kind in enumerate(dict.fromkeys(kinds))} | {"harmless": 0}


def _vocabulary(
    tables: Iterable[Mapping[str, Any]], bits: Mapping[str, int], against: int
) -> dict[str, int]:
    """Kinds by word. A longer word is also what the shorter one is with which it begins (压在底下
    as 压在), except where that would speak against it (老鼠药 is no 老鼠)."""
    words: dict[str, int] = {}
    for table in tables:
        for section in SECTIONS:
            for kind, written in table.get(section, {}).items():
                for word in spread(written):
                    words[word] = words.get(word, 0) | bits[kind]
    for word, kinds in sorted(words.items()):
        if kinds:
            shorter = (words.get(word[:length], 0) for length in range(2, len(word)))
            words[word] = reduce(or_, (each & ~against for each in shorter), kinds)
    return words


def spread(written: str) -> Iterator[str]:
    """`{喊|叫}不应` → 喊不应, 叫不应."""
    for word in written.split():
        if "{" not in word:
            yield word
            continue
        pieces = _CHOICE.split(word)
        choices = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
        yield from map("".join, product(*choices))


def _chain(tokens: Sequence[Token], links: Sequence[Link], first: int) -> tuple[Token, ...] | None:
    """The first token and those that follow it as the pattern says."""
    token = tokens[first]
    if len(links) == 1:
        return (token,)
    gap, kinds = links[1]
    for at in range(first + 1, len(tokens)):
        if tokens[at][0] - token[1] > gap:
            break
        if tokens[at][2] & kinds and (rest := _chain(tokens, links[1:], at)):
            return (token, *rest)
    return None


def _near(tokens: Sequence[Token], start: int, end: int, kinds: int) -> bool:
    if not kinds:
        return False
    low, high = start - AROUND, end + AROUND
    return any(here & kinds and low <= at and to <= high for at, to, here in tokens)


def _single(bits: int) -> Iterator[int]:
    while bits:
        bit = bits & -bits
        yield bit
        bits ^= bit


@cache
def shipped() -> Patterns:
    """The patterns that come with 小格; loaded once."""
    folder = files("nlp.lexicon").joinpath("patterns")
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    texts = [entry.read_text("utf-8") for entry in entries if entry.name.endswith(".toml")]
    return Patterns(map(tomllib.loads, texts))
