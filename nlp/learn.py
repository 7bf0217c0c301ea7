"""Weights from labelled texts: a linear support-vector machine per field, which is nothing but a
list of weighted words. Standard library only; some 7,500 texts take about a minute.

A word is a run of one to three Chinese characters, found as `nlp.learned` finds it again. Each
text is learned twice, whole and by its title, since villagers write short. The solver is dual
coordinate descent for the squared hinge loss (Hsieh et al., ICML 2008).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import log, sqrt
from operator import mul
from pathlib import Path
from statistics import median

from nlp.evaluate import Report, Row, compare
from nlp.learned import HEAD
from nlp.lexicon import STEMS, Lexicon
from nlp.normal import normalise
from nlp.reader import Reader

WORDS = 10_000  # candidates that are learned
LONGEST = 3  # characters in a word
RAREST = 4  # texts that a word must occur in
SMALLEST = 0.4  # of a word's largest weight: what is less is noise
STEP = 0.05  # weights are written as multiples of it
COST = 0.4
SHORT_COUNTS = 2.0  # a title against a whole text
EPOCHS = 12
PER_LINE = 16

# what is only made of these says nothing; labelled texts often come without them besides
_FUNCTION = frozenset(
    "的了是在我你您他她它们就也都有人一不这那个上下来去到说要会能和与为被把给让从对很太还没吗呢啊吧呀嘛"
    "之其而及或但如果因所以于里中大小多少几二两三四五六七八九十百千万年月日天时候可好得着过又再才只最更"
    "省市县区镇乡村什么怎样谁哪请求问题希望想看见知道每各家边成出用后前起本该此自己已经至今现"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")

Weights = dict[str, dict[str, float]]  # field → word → weight


@dataclass(frozen=True, slots=True)
class _Example:
    label: str
    ids: tuple[int, ...]
    values: tuple[float, ...]  # of length 1 together
    counts: float


def grams(text: str) -> Iterator[str]:
    """All runs of one to three Chinese characters."""
    for run in _HAN.findall(text):
        for length in range(1, LONGEST + 1):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]


def _texts(rows: Iterable[Row]) -> Iterator[tuple[str, str, float]]:
    for label, title, text in rows:
        title = normalise(title)
        yield label, f"{title}\n{normalise(text)}", 1.0
        yield label, title, SHORT_COUNTS


def choose_words(texts: Sequence[tuple[str, str, float]], size: int) -> dict[str, float]:
    """The words that are spread most unevenly over the labels, with how telling being rare
    makes them (idf)."""
    seen: Counter[str] = Counter()
    by_label: dict[str, Counter[str]] = {}
    share = Counter(label for label, _, _ in texts)
    for label, text, _ in texts:
        words = set(grams(text))
        seen.update(words)
        by_label.setdefault(label, Counter()).update(words)
    total = len(texts)

    def unevenness(word: str) -> float:
        expected = ((label, seen[word] * share[label] / total) for label in by_label)
        return max(abs(by_label[label][word] - e) / sqrt(e + 1) for label, e in expected)

    known = [
        word for word, count in seen.items() if count >= RAREST and not _FUNCTION.issuperset(word)
    ]
    best = sorted(known, key=lambda word: (-unevenness(word), word))[:size]
    return {word: 1 + log(total / seen[word]) for word in best}


def _example(
    label: str, text: str, counts: float, ids: Mapping[str, int], idf: Sequence[float]
) -> _Example:
    head = {ids[word] for word in grams(text[:HEAD]) if word in ids}
    whole = {ids[word] for word in grams(text) if word in ids}
    values = {i: idf[i] * (2 if i in head else 1) for i in whole}
    length = sqrt(sum(value * value for value in values.values())) or 1.0
    return _Example(label, tuple(values), tuple(v / length for v in values.values()), counts)


def _separate(examples: Sequence[_Example], label: str, size: int) -> list[float]:
    """One field against all others."""
    weights = [0.0] * size
    mine = sum(1 for e in examples if e.label == label)
    labels = len({e.label for e in examples})
    balance = len(examples) / (labels * mine)
    alphas = [0.0] * len(examples)
    order = list(range(len(examples)))
    shuffle = random.Random(1).shuffle  # noqa: S311  the same result every time
    for _ in range(EPOCHS):
        shuffle(order)
        for at in order:
            example = examples[at]
            side = 1.0 if example.label == label else -1.0
            slack = 1 / (2 * COST * example.counts * (balance if side > 0 else 1.0))
            score = sum(map(mul, map(weights.__getitem__, example.ids), example.values))
            gradient = side * score - 1 + slack * alphas[at]
            alpha = max(alphas[at] - gradient / (1 + slack), 0.0)
            if step := (alpha - alphas[at]) * side:
                alphas[at] = alpha
                for i, value in zip(example.ids, example.values, strict=True):
                    weights[i] += step * value
    return weights


def train(rows: Iterable[Row], size: int = WORDS) -> Weights:
    """Weights for every label in the rows. A word's weights are taken from their median, so
    that what speaks for no field in particular vanishes."""
    texts = list(_texts(rows))
    idf_of = choose_words(texts, size)
    words = list(idf_of)
    ids = {word: i for i, word in enumerate(words)}
    mean = sum(idf_of.values()) / max(1, len(idf_of))
    idf = [idf_of[word] / mean for word in words]
    examples = [_example(*text, ids, idf) for text in texts]
    labels = sorted({label for label, _, _ in texts})
    columns = {label: _separate(examples, label, len(words)) for label in labels}
    found: Weights = {label: {} for label in labels}
    for i, word in enumerate(words):
        middle = median(columns[label][i] for label in labels)
        own = {label: (columns[label][i] - middle) * idf[i] for label in labels}
        largest = max(map(abs, own.values()))
        for label, weight in own.items():
            rounded = round(round(weight / STEP) * STEP, 2)
            if rounded and abs(weight) >= SMALLEST * largest:
                found[label][word] = rounded
    return found


def write(weights: Weights, folder: Path) -> list[Path]:
    """One file for each field, in the shipped lexicon's format: the words under their weight."""
    written = []
    for label, words in weights.items():
        lines = [
            f"# What words say for {label} (below 0: against it), learned from labelled messages.",
            "# Written by `xiaoge learn`; what people know better belongs into ../topics/.",
            f'field = "{label}"',
            "",
            "[weights]",
        ]
        ranked = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
        for weight, group in groupby(ranked, key=lambda pair: pair[1]):
            listed = [f'"{word}"' for word, _ in group]
            lines.append(f'"{weight}" = [')
            lines += [
                f"  {', '.join(listed[start : start + PER_LINE])},"
                for start in range(0, len(listed), PER_LINE)
            ]
            lines.append("]")
        path = folder / f"{STEMS.get(label, label)}.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        written.append(path)
    return written


def with_weights(lexicon: Lexicon, weights: Weights) -> Lexicon:
    """The lexicon with these learned weights in place of its own."""
    by_word: dict[str, list[tuple[str, float]]] = {}
    for label, words in weights.items():
        for word, weight in words.items():
            by_word.setdefault(word, []).append((label, weight))
    return replace(lexicon, learned={word: tuple(pairs) for word, pairs in by_word.items()})


def cross_validate(
    lexicon: Lexicon, rows: Sequence[Row], count: int = 5, size: int = WORDS
) -> tuple[Report, Report]:
    """How rows are read by what was learned from the others: whole, and by title only."""
    truth: list[str] = []
    whole: list[str] = []
    titles: list[str] = []
    labels = {label for label, _, _ in rows}
    for learned, tested in folds(rows, count):
        reader = Reader(with_weights(lexicon, train(learned, size)), among=labels)
        truth += [label for label, _, _ in tested]
        whole += [reader.read(f"{title}\n{text}").field for _, title, text in tested]
        titles += [reader.read(title).field for _, title, _ in tested]
    return compare(truth, whole), compare(truth, titles)


def folds(rows: Sequence[Row], count: int) -> Iterator[tuple[list[Row], list[Row]]]:
    """Every row is tested once; which fold it is in depends on its place only."""
    for fold in range(count):
        yield (
            [row for at, row in enumerate(rows) if at % count != fold],
            [row for at, row in enumerate(rows) if at % count == fold],
        )
