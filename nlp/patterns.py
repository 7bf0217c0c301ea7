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

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import permutations, product
from operator import or_
from typing import Any, Final, NamedTuple

from nlp import automaton
from nlp.lexicon import tables
from nlp.segments import knows

SECTIONS: Final = ("setting", "against", "words")
GAP: Final = 8  # characters between neighbours, where a pattern says nothing
AROUND: Final = 12  # characters on either side in which `unless` is looked for
_CHOICE = re.compile(r"\{([^{}]*)\}")

Token = tuple[int, int, int]  # start, end, kinds as bits
Link = tuple[int, int]  # characters since the one before, at most; kinds


class Found(NamedTuple):
    """A stretch of the text that fulfils a pattern."""

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]  # which may be denied: all of it, and what happens
    word: str  # 娃…掉…塘


@dataclass(frozen=True, slots=True)
class Pattern:
    targets: tuple[str, ...]
    weight: float
    kinds: tuple[int, ...]  # bits, one of which each word must have
    orders: tuple[tuple[Link, ...], ...]
    unless: int
    concerned: int  # all kinds that it speaks of


class Patterns:
    """The shipped patterns, ready for search.

    Which of them can be fulfilled is asked of all at once: a number has a bit for each pattern and
    each place in it, words set the bits of the places that they fill, and the patterns of which all
    places are filled come out of one AND. So a text costs the same however many patterns there are.
    """

    def __init__(self, tables: Iterable[Mapping[str, Any]]) -> None:
        tables = list(tables)
        self._bits = _bits(tables)
        self._setting = self._any_of(k for table in tables for k in table.get("setting", ()))
        against = self._any_of(k for table in tables for k in table.get("against", ()))
        written = (
            self._pattern(group, each)
            for table in tables
            for group in table.get("group", ())
            for each in group["patterns"]
        )
        self._patterns = sorted(written, key=self._happening)
        self._places = max((len(each.kinds) for each in self._patterns), default=0)
        self._unasked, fills = self._bits_of_places()
        self._find, self._sort_of, sorts = self._search(tables, against)
        self._sorts = [
            (kinds, is_vetoed, reduce(or_, (fills.get(bit, 0) for bit in _single(kinds)), 0))
            for kinds, is_vetoed in json.loads(sorts)
        ]
        self.targets = frozenset(target for each in self._patterns for target in each.targets)

    def _search(
        self, tables: Iterable[Mapping[str, Any]], against: int
    ) -> tuple[automaton.Finder, Sequence[int], str]:
        """What finds the words, of which sort each is, and the sorts, which are few.

        Tens of thousands of words are gone when this returns. What stayed as objects would lie
        between them and keep ten megabytes that nobody uses: the sorts come out as text."""
        words = _vocabulary(tables, self._bits, against)
        find = automaton.longest(list(words))
        sorts = dict[tuple[int, bool], int]()
        sort_of = array(
            "H",
            (
                sorts.setdefault(
                    (kinds, len(word) < 3 and self._is_vetoed(word, kinds)), len(sorts)
                )
                for word, kinds in words.items()
            ),
        )
        return find, sort_of, json.dumps(list(sorts))

    def _bits_of_places(self) -> tuple[int, dict[int, int]]:
        """Those of the places that patterns do not have, and those that each kind fills."""
        unasked, fills = 0, dict[int, int]()
        for at, each in enumerate(self._patterns):
            for place in range(self._places):
                bit = 1 << place * len(self._patterns) + at
                if place >= len(each.kinds):
                    unasked |= bit
                    continue
                for kind in _single(each.kinds[place]):
                    fills[kind] = fills.get(kind, 0) | bit
        return unasked, fills

    def _is_vetoed(self, word: str, kinds: int) -> bool:
        """What happens is meant only where it stands as a word, if it is a short one; who and where
        decide nothing alone."""
        if len(word) == 1:
            return True
        return bool(kinds & ~self._setting) and knows(word)

    def find(self, text: str, edges: frozenset[int]) -> Iterator[tuple[Pattern, Iterator[Found]]]:
        """The patterns of which the text has all the words, and the stretches that fulfil them,
        worked out only as far as they are asked for. `edges`: word borders, which short words must
        respect (随着火车)."""
        sorts, sort_of, filled = self._sorts, self._sort_of, self._unasked
        tokens: list[Token] = []
        for start, end, index in self._find(text):
            kinds, is_vetoed, fills = sorts[sort_of[index]]
            if kinds and (not is_vetoed or (start in edges and end in edges)):
                filled |= fills
                tokens.append((start, end, kinds))
        count = len(self._patterns)
        possible = filled & (1 << count) - 1
        for place in range(1, self._places):
            possible &= filled >> place * count
        return self._fulfilled(text, tokens, possible) if possible else iter(())

    def _fulfilled(
        self, text: str, tokens: Sequence[Token], possible: int
    ) -> Iterator[tuple[Pattern, Iterator[Found]]]:
        for bit in _single(possible):
            pattern = self._patterns[bit.bit_length() - 1]
            yield pattern, self._stretches(text, tokens, pattern)

    def _stretches(self, text: str, tokens: Sequence[Token], pattern: Pattern) -> Iterator[Found]:
        concerned, unless = pattern.concerned, pattern.unless
        tokens = [token for token in tokens if token[2] & concerned]
        for order in pattern.orders:
            for chain in _chains(tokens, order):
                if _near(tokens, chain[0][0], chain[-1][1], unless):
                    continue
                start, end = chain[0][0], chain[-1][1]
                happens = [(at, to) for at, to, kinds in chain if not kinds & self._setting]
                word = "…".join([text[at:to] for at, to, _ in chain])
                yield Found(start, end, ((start, end), *happens), word)

    def _happening(self, pattern: Pattern) -> int:
        """What happens, as the first bit of it: of several patterns with the same targets the one
        speaks of which this stands first in the lists of words."""
        kinds = next((kind for kind in pattern.kinds if not kind & self._setting), pattern.kinds[0])
        return kinds & -kinds

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
        asked = tuple(kind for _, kinds in pieces for kind in kinds)
        without = self._any_of(f"{unless} {group.get('unless', '')}".split())
        return Pattern(
            targets=tuple(group["targets"]),
            weight=float(group.get("weight", 3.0)),
            kinds=asked,
            orders=tuple(dict.fromkeys(orders)),
            unless=without,
            concerned=reduce(or_, asked, without),
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
                bit = bits[kind]
                for word in spread(written):
                    known = words.get(word)
                    words[word] = bit if known is None else known | bit
    for word in sorted(words, key=len):
        if kinds := words[word]:
            for length in range(len(word) - 1, 1, -1):
                if shorter := words.get(word[:length]):  # which is all that still shorter ones are
                    words[word] = kinds | (shorter & ~against)
                    break
    return words


def spread(written: str) -> Iterator[str]:
    """`{喊|叫}不应` → 喊不应, 叫不应. Raises ValueError for a choice within a choice."""
    for word in written.split():
        if "{" not in word:
            yield word
        else:
            yield from map("".join, product(*choices(word)))


def choices(word: str) -> list[list[str]]:
    """`{喊|叫}不应` → [喊, 叫] [不应]. Raises ValueError for a choice within a choice."""
    pieces = _CHOICE.split(word)
    if any("{" in piece or "}" in piece for piece in pieces):
        raise ValueError(f"a choice within a choice: {word}")
    return [piece.split("|") for at, piece in enumerate(pieces) if piece or at % 2]


def _chains(tokens: Sequence[Token], order: Sequence[Link]) -> Iterator[tuple[Token, ...]]:
    """From each token from which on they follow each other as the order says, the first ones."""
    if not _stand_in(tokens, order):
        return
    for at, token in enumerate(tokens):
        if token[2] & order[0][1] and (rest := _following(tokens, at, order, 1)) is not None:
            yield (token, *rest)


def _stand_in(tokens: Iterable[Token], order: Sequence[Link]) -> bool:
    """True if they stand there in this order, however far apart."""
    link = 0
    for _, _, kinds in tokens:
        if kinds & order[link][1]:
            link += 1
            if link == len(order):
                return True
    return False


def _following(
    tokens: Sequence[Token], before: int, order: Sequence[Link], link: int
) -> tuple[Token, ...] | None:
    """The tokens that follow as the rest of the order says."""
    if link == len(order):
        return ()
    gap, kinds = order[link]
    last = tokens[before][1] + gap
    for at in range(before + 1, len(tokens)):
        token = tokens[at]
        if token[0] > last:
            break
        if token[2] & kinds and (rest := _following(tokens, at, order, link + 1)) is not None:
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
    return Patterns(tables("patterns"))
