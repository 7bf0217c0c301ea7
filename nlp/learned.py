"""Learned weights at work: many small words, each with a weight for some of the fields, summed
without a loop. The weights of a word for all fields stand side by side in one integer (digits
of a number system with base 2^32), so that one addition adds them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from math import sqrt
from struct import Struct
from typing import NamedTuple

from nlp.automaton import Match, every

HEAD = 40  # characters at the start, where people say what it is about: words there count twice
_BITS = 32
_POINT = 1000
_HALF = 1 << (_BITS - 1)
_DIGIT = (1 << _BITS) - 1
_NONE: Set[int] = frozenset()

Pairs = tuple[tuple[str, float], ...]  # what a word weighs for each field


class Tally(NamedTuple):
    """What the learned words of one text say."""

    scores: tuple[float, ...]  # one for each of the learned fields
    whole: Set[int] = frozenset()
    head: Set[int] = frozenset()
    share: float = 1.0  # makes short and long texts comparable
    text: str = ""
    found: Sequence[Match] = ()


def share_of(whole: int, head: int, few: int = 1) -> float:
    """What each of so many words counts, `head` of which stand where they count twice: a long text
    says no more than a short one, and less than `few` words less than that."""
    return 1 / sqrt(whole + 3 * head + few)


class Learned:
    """Weights by word and field, with an automaton to find the words. Neither is kept a second time
    for explanations: the word stands in the text, its weights in the integer.

    `head`: characters at the start, words in which count twice. `order`: how the fields stand in a
    tally; those that it does not name come behind, by name."""

    def __init__(
        self,
        weights: Mapping[str, Pairs],
        scale: float = 1.0,
        few: int = 1,
        head: int = HEAD,
        order: Iterable[str] = (),
    ) -> None:
        self._scale, self._few, self._head = scale, few, head
        self._find = every(list(weights))
        named = {name for own in weights.values() for name, _ in own}
        self.fields = tuple(dict.fromkeys((*order, *sorted(named))))
        self.places = {name: at for at, name in enumerate(self.fields)}
        unpack = Struct(f"<{len(self.fields)}I")
        self._unpack, self._size = unpack.unpack, unpack.size

        @cache  # many words have the same weights
        def packed(pairs: Pairs) -> int:
            return sum(
                round(weight * _POINT) << self.places[name] * _BITS for name, weight in pairs
            )

        self._packed = [packed(pairs) for pairs in weights.values()]
        self._zero = sum(_HALF << at * _BITS for at in self.places.values())
        self._nothing = Tally((0.0,) * len(self.fields))

    def tally(self, text: str) -> Tally:
        """Sums by field over the distinct words of the text."""
        found = self._find(text)
        if not found:
            return self._nothing
        packed, first = self._packed.__getitem__, self._head
        whole = {index for _, _, index in found}
        head: Set[int] = _NONE
        if len(text) <= first:
            head = whole
            total = sum(map(packed, whole)) * 2 + self._zero
        else:
            total = sum(map(packed, whole), self._zero)
            if first:
                head = {index for _, end, index in found if end <= first}
                total = sum(map(packed, head), total)
        share = self._scale * share_of(len(whole), len(head), self._few)
        step = share / _POINT
        sums = self._unpack(total.to_bytes(self._size, "little"))
        scores = tuple([(digit - _HALF) * step for digit in sums])
        return Tally(scores, whole, head, share, text, found)

    def words_for(self, name: str, tally: Tally) -> dict[str, float]:
        """Each found word's part in the score of a field."""
        if name not in self.places:
            return {}
        packed, zero, shift = self._packed, self._zero, self.places[name] * _BITS
        step, text, head = tally.share / _POINT, tally.text, tally.head
        return {
            text[start:end]: weight * (2 * step if index in head else step)
            for start, end, index in tally.found
            if (weight := ((packed[index] + zero >> shift) & _DIGIT) - _HALF)
        }
