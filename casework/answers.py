"""The answer base: does the town know the answer to a question?"""

from __future__ import annotations

from collections.abc import Iterable

from casework.town import Answer

ENOUGH = 1.0


def best_answer(answers: Iterable[Answer], question: str) -> Answer | None:
    """The answer that fits the question best, if one fits well enough.

    Each word of the answer that stands in the question counts; how much of a known way to ask it
    is in the question (pairs of characters) decides between answers with the same words.
    """
    best, most = None, 0.0
    for answer in answers:
        score = fit(answer, question)
        if score > most:
            best, most = answer, score
    return best if most >= ENOUGH else None


def fit(answer: Answer, question: str) -> float:
    """How well the answer fits: 1 for a word of it, more for longer words and likeness."""
    words = sum(len(word) / 2 for word in answer.words if word in question)
    asked = _pairs(question)
    likeness = max((_share(_pairs(known), asked) for known in answer.questions), default=0.0)
    return words * (0.6 + likeness) + (1.0 if likeness >= 0.75 else 0.0)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _share(known: frozenset[str], asked: frozenset[str]) -> float:
    return len(known & asked) / len(known) if known else 0.0
