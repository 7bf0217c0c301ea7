"""Learned weights at work: many small words, each with a weight for some of the fields, summed
without a loop. The weights of a word for all fields stand side by side in one integer (digits
of a number system with base 2^32), so that one addition adds them all."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache
from math import sqrt
from struct import Struct
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

HEAD = 40  # characters at the start, where people say what it is about: words there count twice
_BITS = 32
_POINT = 1000
_HALF = 1 << (_BITS - 1)

Pairs = tuple[tuple[str, float], ...]


class Tally(NamedTuple):
    """What the learned words of one text say."""

    scores: tuple[float, ...] = ()  # one for each of the learned fields
    whole: Set[int] = frozenset()
    head: Set[int] = frozenset()
    share: float = 1.0  # makes short and long texts comparable


def share_of(whole: int, head: int) -> float:
    """What each of so many words counts, `head` of which stand where they count twice: a long text
    says no more than a short one."""
    return 1 / sqrt(whole + 3 * head + 1)


class Learned:
    """Weights by word and field, with an automaton to find the words."""

    def __init__(self, weights: Mapping[str, Pairs], scale: float = 1.0) -> None:
        self._words = list(weights)
        self._weights = list(weights.values())
        self._scale = scale
        self._finder = AhoCorasick(self._words)
        self.fields = tuple(sorted({name for own in self._weights for name, _ in own}))
        self.among = frozenset(self.fields)
        places = {name: at * _BITS for at, name in enumerate(self.fields)}
        unpack = Struct(f"<{len(self.fields)}I")
        self._unpack, self._size = unpack.unpack, unpack.size

        @cache  # many words have the same weights
        def packed(pairs: Pairs) -> int:
            return sum(round(weight * _POINT) << places[name] for name, weight in pairs)

        self._packed = [packed(pairs) for pairs in self._weights]
        self._zero = sum(_HALF << at for at in places.values())

    def tally(self, text: str) -> Tally:
        """Sums by field over the distinct words of the text."""
        found = self._finder.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return _NOTHING
        packed = self._packed.__getitem__
        whole = {index for index, _, _ in found}
        if len(text) > HEAD:
            head = {index for index, _, end in found if end <= HEAD}
            total = sum(map(packed, head), sum(map(packed, whole), self._zero))
        else:
            head = whole
            total = sum(map(packed, whole)) * 2 + self._zero
        share = self._scale * share_of(len(whole), len(head))
        step = share / _POINT
        sums = self._unpack(total.to_bytes(self._size, "little"))
        return Tally(tuple([(digit - _HALF) * step for digit in sums]), whole, head, share)

    def words_for(self, name: str, tally: Tally) -> dict[str, float]:
        """Each found word's part in the score of a field."""
        _, whole, head, share = tally
        words, weights = self._words, self._weights
        return {
            words[i]: weight * (2 * share if i in head else share)
            for i in whole
            for field, weight in weights[i]
            if field == name
        }


_NOTHING = Tally()
