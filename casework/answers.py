"""The answer base: does the town know the answer to a question?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from casework.town import Answer

ENOUGH: Final = 1.0
ALIKE: Final = 0.75  # so much of a known way to ask is there: no word is needed besides


class AnswerBase:
    """The town's answers, ready to be looked up. Built once for each book."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = tuple(answers)
        self._ways: list[tuple[int, int]] = []  # of each way to ask: whose it is, how many pairs
        self._with: dict[str, list[int]] = {}  # the ways that have a pair of characters
        for owner, answer in enumerate(self._answers):
            for way in answer.questions:
                pairs = _pairs(way)
                for pair in pairs:
                    self._with.setdefault(pair, []).append(len(self._ways))
                self._ways.append((owner, len(pairs)))

    def best(self, question: str) -> Answer | None:
        """The answer that fits the question best, if one fits well enough.

        Each word of the answer that stands in the question counts; how much of a known way to
        ask it is in the question decides between answers with the same words.
        """
        likeness = self._likeness(question)
        best, most = None, 0.0
        for owner, answer in enumerate(self._answers):
            score = _fit(answer, question, likeness.get(owner, 0.0))
            if score > most:
                best, most = answer, score
        return best if most >= ENOUGH else None

    def _likeness(self, question: str) -> dict[int, float]:
        """By answer: the share of its best known way to ask that is in the question."""
        shared = Counter(way for pair in _pairs(question) for way in self._with.get(pair, ()))
        found: dict[int, float] = {}
        for way, number in shared.items():
            owner, whole = self._ways[way]
            found[owner] = max(found.get(owner, 0.0), number / whole)
        return found


def _fit(answer: Answer, question: str, likeness: float) -> float:
    """How well the answer fits: 1 for a word of it, more for longer words and likeness."""
    words = sum([len(word) / 2 for word in answer.words if word in question])
    return words * (0.6 + likeness) + (1.0 if likeness >= ALIKE else 0.0)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))
