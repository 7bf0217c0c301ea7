"""Learned weights at work: many small words, each with a weight for some of the fields, summed
without a loop. The weights of a word for all fields stand side by side in one integer (digits
of a number system with base 2^32), so that one addition adds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

from ahocorasick_rs import AhoCorasick

HEAD = 40  # characters at the start, where people say what it is about: words there count twice
_BITS = 32
_POINT = 1000
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1

Pairs = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the learned words of one text say."""

    scores: Mapping[str, float] = field(default_factory=dict)  # by field
    whole: frozenset[int] = frozenset()
    head: frozenset[int] = frozenset()
    share: float = 1.0  # makes short and long texts comparable


class Learned:
    """Weights by word and field, with an automaton to find the words."""

    def __init__(self, weights: Mapping[str, Pairs], scale: float = 1.0) -> None:
        self._words = list(weights)
        self._weights = [
            {name: weight * scale for name, weight in pairs} for pairs in weights.values()
        ]
        self._finder = AhoCorasick(self._words)
        self.fields = tuple(sorted({name for own in self._weights for name in own}))
        self._places = {name: at * _BITS for at, name in enumerate(self.fields)}
        self._packed = [
            sum(round(weight * _POINT) << self._places[name] for name, weight in own.items())
            for own in self._weights
        ]
        self._zero = sum(_HALF << at for at in self._places.values())

    def tally(self, text: str) -> Tally:
        """Sums by field over the distinct words of the text."""
        if not self._words:
            return Tally()
        found = self._finder.find_matches_as_indexes(text, overlapping=True)
        whole = frozenset([index for index, _, _ in found])
        head = whole
        if len(text) > HEAD:
            head = frozenset([index for index, _, end in found if end <= HEAD])
        total = sum(map(self._packed.__getitem__, whole), self._zero)
        total += sum(map(self._packed.__getitem__, head))
        share = 1 / sqrt(len(whole) + 3 * len(head) + 1)
        step = share / _POINT
        scores = {
            name: ((total >> at & _MASK) - _HALF) * step for name, at in self._places.items()
        }
        return Tally(scores, whole, head, share)

    def words_for(self, name: str, tally: Tally) -> dict[str, float]:
        """Each found word's part in the score of a field."""
        share, head, weights = tally.share, tally.head, self._weights
        return {
            self._words[i]: weights[i][name] * (2 * share if i in head else share)
            for i in sorted(tally.whole)
            if name in weights[i]
        }
