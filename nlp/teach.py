"""Weights for hints (nlp/hints.py) from labelled sentences: each label against all others, by the
solver of nlp/learn.py. Sentences are few and short, so that rare and small words (没 吗 把), how a
sentence ends and how long it is tell as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

from nlp.evaluate import Row
from nlp.hints import NONE, TAUGHT, signs
from nlp.learn import Example, Weights, separate
from nlp.normal import normalise

RAREST = 4  # sentences that a word must occur in
COST = 1.6  # twice what fields are taught with: here rare words tell
SMALLEST = 0.05  # of a label's largest weight: what is less is noise
STEP = 0.02  # weights are written as multiples of it
SMOOTH = 0.5

_NEAR = {"emergency": "hazard", "hazard": "emergency"}

Sentence = tuple[str, list[int]]  # its label, its words


def train_hints(rows: Iterable[Row]) -> Weights:
    """By label that can be taught, what each word weighs."""
    sentences = [
        (label, sorted(set(signs(normalise(f"{title}\n{text}"))))) for label, title, text in rows
    ]
    seen = Counter(word for _, words in sentences for word in words)
    ids = {word: at for at, word in enumerate(sorted(w for w in seen if seen[w] >= RAREST))}
    known = [(label, [ids[word] for word in words if word in ids]) for label, words in sentences]
    labels = sorted({label for label, _ in known} & TAUGHT.keys())
    return {label: _weights(label, _fit_for(label, known), ids) for label in labels}


def _fit_for(label: str, sentences: list[Sentence]) -> list[Sentence]:
    """What is neither danger nor wrongdoing may be any kind of speech, and of a hazard nobody has said
    how near it is to a danger to life."""
    unsaid = NONE if TAUGHT[label][0].startswith("kind:") else _NEAR.get(label)
    return [each for each in sentences if each[0] != unsaid]


def _weights(label: str, sentences: Sequence[Sentence], ids: Mapping[str, int]) -> dict[str, float]:
    counts = _counts(label, sentences, len(ids))
    examples = [
        Example(given, tuple(words), _of_length_one([counts[at] for at in words]))
        for given, words in sentences
    ]
    found = separate(examples, label, len(ids), cost=COST)
    own = {word: found[at] * counts[at] for word, at in ids.items()}
    least = SMALLEST * max(map(abs, own.values()))
    rounded = {word: round(round(weight / STEP) * STEP, 2) for word, weight in own.items()}
    return {word: weight for word, weight in rounded.items() if abs(weight) >= least and weight}


def _counts(label: str, sentences: Sequence[Sentence], size: int) -> list[float]:
    """How much each word counts from the start: the more, the more unevenly it is spread."""
    mine, others = [0] * size, [0] * size
    of_mine = 0
    for given, words in sentences:
        of_mine += given == label
        into = mine if given == label else others
        for at in words:
            into[at] += 1
    of_others = len(sentences) - of_mine
    odds = [
        sqrt(abs(log((a + SMOOTH) / (of_mine + 1)) - log((b + SMOOTH) / (of_others + 1))))
        for a, b in zip(mine, others, strict=True)
    ]
    mean = sum(odds) / size
    return [each / mean for each in odds]


def _of_length_one(values: Sequence[float]) -> tuple[float, ...]:
    length = sqrt(sum(value * value for value in values)) or 1.0
    return tuple(value / length for value in values)
