"""Weights from labelled texts: a linear support-vector machine per field, which is nothing but a
list of weighted words. Standard library only; 7,500 messages and 15,000 sentences take some two
minutes.

A word is a run of one to three Chinese characters, found as `nlp.learned` finds it again. Each
text is learned twice, whole and by its title, since villagers write short. Sources differ in how
people talk there, so each brings its own best words. How much a word counts from the start is how
unevenly it is spread over the fields. The solver is dual coordinate descent for the squared hinge
loss (Hsieh et al., ICML 2008).

`adjust` moves weights that are there by a town's own corrected cases, no further than each case
asks for (Crammer et al., Online Passive-Aggressive Algorithms, JMLR 2006).
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from math import log, sqrt
from operator import mul
from pathlib import Path
from statistics import fmean, median, pstdev

from nlp.evaluate import Report, Row, compare
from nlp.learned import HEAD, share_of
from nlp.lexicon import STEMS, Lexicon
from nlp.normal import normalise
from nlp.reader import LEARNED_FEW, LEARNED_SCALE, Reader

WORDS = 12_000  # candidates of each source
LONGEST = 3  # characters in a word
RAREST = 4  # texts that a word must occur in, or
RAREST_SAID = 3  # sentences: short, so that rare words tell as well
SMALLEST = 0.3  # of a word's largest weight: what is less is noise
LEAST = 0.35  # a word that says less of every field is left out: most are, and none is missed
STEP = 0.05  # weights are written as multiples of it
COST = 0.8
BELIEVED = 0.5  # so much of the solver's margin of 1 people's words can fill: they err at times
SMOOTH = 0.5
EPOCHS = 10
PER_LINE = 16
FAR = 0.1  # the furthest that one case moves a word, and
AHEAD = 0.5  # how far its field should be ahead of the next one
ROUNDS = 4

# what is only made of these says nothing; labelled texts often come without them besides
_FUNCTION = frozenset(
    "的了是在我你您他她它们就也都有人一不这那个上下来去到说要会能和与为被把给让从对很太还没吗呢啊吧呀嘛"
    "之其而及或但如果因所以于里中大小多少几二两三四五六七八九十百千万年月日天时候可好得着过又再才只最更"
    "省市县区镇乡村什么怎样谁哪请求问题希望想看见知道每各家边成出用后前起本该此自己已经至今现"
)
_MASK = re.compile("西地|地省")  # what published texts say in place of a province
_HAN = re.compile(r"[\u4e00-\u9fff]+")

Weights = dict[str, dict[str, float]]  # field → word → weight
Sources = Sequence[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the solver sees it."""

    label: str
    ids: tuple[int, ...]
    values: tuple[float, ...]  # of length 1 together


def grams(text: str) -> Iterator[str]:
    """All runs of one to three Chinese characters."""
    for run in _HAN.findall(text):
        for length in range(1, LONGEST + 1):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]


def _texts(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """The whole texts first, then the titles."""
    clean = [(label, normalise(title), normalise(text)) for label, title, text in rows]
    yield from ((label, f"{title}\n{text}") for label, title, text in clean)
    yield from ((label, title) for label, title, _ in clean)


def choose_words(
    texts: Sequence[tuple[str, str]], size: int, rarest: int = RAREST
) -> dict[str, float]:
    """The words that are spread most unevenly over the labels, each with how much it counts: the
    spread of its log-odds over the labels."""
    seen: Counter[str] = Counter()
    by_label: dict[str, Counter[str]] = defaultdict(Counter)
    share = Counter(label for label, _ in texts)
    for label, text in texts:
        words = set(grams(text))
        seen.update(words)
        by_label[label].update(words)

    def unevenness(word: str) -> float:
        expected = ((label, seen[word] * share[label] / len(texts)) for label in by_label)
        return max(abs(by_label[label][word] - e) / sqrt(e + 1) for label, e in expected)

    known = [
        word
        for word, count in seen.items()
        if count >= rarest and not _FUNCTION.issuperset(word) and not _MASK.search(word)
    ]
    sizes = {
        label: sum(map(own.__getitem__, known)) + SMOOTH * len(known)
        for label, own in by_label.items()
    }
    total = sum(sizes.values())

    def spread(word: str) -> float:
        return pstdev(
            log((own[word] + SMOOTH) / sizes[label])
            - log((seen[word] - own[word] + SMOOTH) / (total - sizes[label]))
            for label, own in by_label.items()
        )

    best = sorted(known, key=lambda word: (-unevenness(word), word))[:size]
    return {word: spread(word) for word in best}


def _found(text: str, ids: Mapping[str, int]) -> dict[int, int]:
    """Words found, those at the head of the text counted twice (as in `nlp.learned`)."""
    head = {ids[word] for word in grams(text[:HEAD]) if word in ids}
    return {i: 2 if i in head else 1 for i in (ids[w] for w in grams(text) if w in ids)}


def _example(label: str, text: str, ids: Mapping[str, int], counts: Sequence[float]) -> Example:
    values = {i: counts[i] * times for i, times in _found(text, ids).items()}
    length = sqrt(sum(value * value for value in values.values())) or 1.0
    return Example(label, tuple(values), tuple(value / length for value in values.values()))


def separate(
    examples: Sequence[Example],
    label: str,
    size: int,
    said: Sequence[float] | None = None,
    cost: float = COST,
) -> list[float]:
    """One label against all others. `said`: how far each example speaks for it already. `cost`:
    how much a wrong example weighs against small weights."""
    said = said or [0.0] * len(examples)
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
            slack = 1 / (2 * cost * (balance if side > 0 else 1.0))
            score = sum(map(mul, map(weights.__getitem__, example.ids), example.values)) + said[at]
            gradient = side * score - 1 + slack * alphas[at]
            alpha = max(alphas[at] - gradient / (1 + slack), 0.0)
            if step := (alpha - alphas[at]) * side:
                alphas[at] = alpha
                for i, value in zip(example.ids, example.values, strict=True):
                    weights[i] += step * value
    return weights


def train(lexicon: Lexicon, sources: Sources, size: int = WORDS) -> Weights:
    """Weights for every label in the rows, from nothing but what people's words say already: what
    they tell need not be learned, and where they mislead that is. A word's weights are taken from
    their median, so that what speaks for no field in particular vanishes."""
    texts = [text for rows in sources for text in _texts(rows)]
    spread: dict[str, float] = {}
    for rows in reversed(sources):
        spread |= _words_of(rows, size)
    words = list(spread)
    ids = {word: i for i, word in enumerate(words)}
    mean = fmean(spread.values()) if spread else 1.0
    counts = [value / mean for value in spread.values()]
    examples = [_example(label, text, ids, counts) for label, text in texts]
    labels = sorted({label for label, _ in texts})
    reader = Reader(with_weights(lexicon, {}))
    known = [reader.people_say(text) for _, text in texts]
    columns = {
        label: separate(examples, label, len(words), [_lead(said, label) for said in known])
        for label in labels
    }
    found: Weights = {label: {} for label in labels}
    for i, word in enumerate(words):
        middle = median(columns[label][i] for label in labels)
        own = {label: (columns[label][i] - middle) * counts[i] for label in labels}
        largest = max(map(abs, own.values()))
        if _rounded(largest) < LEAST:
            continue
        for label, weight in own.items():
            rounded = _rounded(weight)
            if rounded and abs(weight) >= SMALLEST * largest:
                found[label][word] = rounded
    return found


def _lead(said: Mapping[str, float], label: str) -> float:
    """How far people's words put a field before all others, as the solver counts."""
    others = max((score for field, score in said.items() if field != label), default=0.0)
    return min(BELIEVED, max(-BELIEVED, (said.get(label, 0.0) - others) / LEARNED_SCALE))


def _words_of(rows: Sequence[Row], size: int) -> dict[str, float]:
    whole = list(islice(_texts(rows), len(rows)))
    rarest = RAREST if any(text for _, _, text in rows) else RAREST_SAID
    return choose_words(whole, size, rarest)


def _rounded(weight: float) -> float:
    return round(round(weight / STEP) * STEP, 2)


def adjust(weights: Mapping[str, Mapping[str, float]], rows: Iterable[Row]) -> Weights:
    """These weights, moved by corrected cases. A case that is read rightly and clearly moves
    nothing. A field without weights gets none from a few cases: its cases only take from the
    fields that they were wrongly read as."""
    moved: dict[str, defaultdict[str, float]] = {
        label: defaultdict(float, own) for label, own in weights.items()
    }
    texts = list(_texts(rows))
    for _ in range(ROUNDS):
        for label, text in texts:
            _learn_from(label, text, moved)
    return {
        label: {word: _rounded(weight) for word, weight in own.items() if _rounded(weight)}
        for label, own in moved.items()
    }


def _learn_from(label: str, text: str, moved: Mapping[str, defaultdict[str, float]]) -> None:
    head = set(grams(text[:HEAD]))
    words = {
        word: 2 if word in head else 1 for word in grams(text) if not _FUNCTION.issuperset(word)
    }
    known = [word for word in words if any(word in own for own in moved.values())]
    heard_twice = sum(1 for word in known if words[word] == 2)
    share = share_of(len(known), heard_twice, LEARNED_FEW)
    scores = {
        name: share * sum(own[word] * words[word] for word in known if word in own)
        for name, own in moved.items()
    }
    mine = scores.pop(label, 0.0)
    rival = max(scores, key=scores.__getitem__, default="")
    loss = AHEAD - mine + scores[rival] if rival else 0.0
    if loss <= 0:
        return
    size = share * share * sum(times * times for times in words.values())
    step = min(FAR, loss / (2 * size)) * share
    for word, times in words.items():
        moved[rival][word] -= step * times
        if label in moved:
            moved[label][word] += step * times


def write(weights: Mapping[str, Mapping[str, float]], folder: Path) -> list[Path]:
    """One file for each field, in the shipped lexicon's format: the words under their weight."""
    written = []
    for label, words in weights.items():
        path = folder / f"{STEMS.get(label, label)}.toml"
        written.append(_write(path, "field", label, words))
    return written


def write_hint(target: str, words: Mapping[str, float], folder: Path, given: float = 0.0) -> Path:
    """A hint in the shipped lexicon's format (nlp/hints.py)."""
    path = folder / f"{target.partition(':')[2]}.toml"
    more = ["# The shipped hints are taught by the sentences in tests/nlp: `make hints`."]
    if given:
        more.append(f"given = {given}")
    return _write(path, "target", target, words, more)


def _write(
    path: Path, key: str, name: str, words: Mapping[str, float], more: Sequence[str] = ()
) -> Path:
    lines = [
        f"# What words say for {name} (below 0: against it), learned from labelled texts.",
        "# Written by `xiaoge learn`; what people know better belongs into ../topics/ and ../patterns/.",
        f'{key} = "{name}"',
        *more,
        "",
        "[weights]",
        *_by_weight(words),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _by_weight(words: Mapping[str, float]) -> Iterator[str]:
    """The words under their weight, the heaviest first."""
    ranked = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
    for weight, group in groupby(ranked, key=lambda pair: pair[1]):
        listed = [word for word, _ in group]
        yield f'"{weight}" = """'
        for start in range(0, len(listed), PER_LINE):
            yield " ".join(listed[start : start + PER_LINE])
        yield '"""'


def weights_of(lexicon: Lexicon) -> Weights:
    """What the lexicon has learned so far."""
    weights: Weights = {}
    for word, pairs in lexicon.learned().items():
        for label, weight in pairs:
            weights.setdefault(label, {})[word] = weight
    return weights


def with_weights(lexicon: Lexicon, weights: Mapping[str, Mapping[str, float]]) -> Lexicon:
    """The lexicon with these learned weights in place of its own."""
    by_word: dict[str, list[tuple[str, float]]] = {}
    for label, words in weights.items():
        for word, weight in words.items():
            by_word.setdefault(word, []).append((label, weight))
    learned = {word: tuple(pairs) for word, pairs in by_word.items()}
    return replace(lexicon, learned=lambda: learned)


def cross_validate(
    lexicon: Lexicon,
    sources: Sources,
    count: int = 5,
    size: int = WORDS,
    start: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[Report, Report]:
    """How rows are read by what was learned from the others: whole, and by title only. `start`:
    weights to be adjusted; without it each time from nothing."""
    truth: list[str] = []
    whole: list[str] = []
    titles: list[str] = []
    labels = {label for rows in sources for label, _, _ in rows}
    for parts in zip(*(folds(rows, count) for rows in sources), strict=True):
        known = [known for known, _ in parts]
        tested = [row for _, rows in parts for row in rows]
        weights = train(lexicon, known, size) if start is None else adjust(start, chain(*known))
        reader = Reader(with_weights(lexicon, weights), among=labels)
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
