"""`xiaoge evaluate`, `xiaoge learn`: how well fields are read, and weights from labelled texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from nlp import learn as learning
from nlp.evaluate import Row, evaluate, read_rows, table
from nlp.hints import NONE, TAUGHT
from nlp.lexicon import FIELDS, shipped
from nlp.reader import Reader
from nlp.teach import train_hints

MANY = 100  # rows of each label: from here on a file teaches by itself
MOVED = 8  # words shown for a field


def evaluate_lines(lines: Iterable[str], among: Sequence[str]) -> Iterator[str]:
    """Fields as read from whole texts and from titles only, in tables."""
    rows = read_rows(lines)
    reader = Reader(shipped(), among=among)
    yield f"title + text, {len(rows)} rows\n{table(evaluate(reader, rows))}"
    if any(text for _, _, text in rows):
        yield f"title only\n{table(evaluate(reader, rows, title_only=True))}"


def learn_lines(
    sources: Sequence[Iterable[str]], folder: Path | None, folds: int, size: int
) -> Iterator[str]:
    """Learns, says what moved, writes. Files with many rows of each label teach from nothing;
    fewer, a town's own corrected cases, move the weights that are there."""
    rows_of = [read_rows(lines, (*FIELDS, *TAUGHT, NONE)) for lines in sources]
    rows = [row for rows in rows_of for row in rows]
    lexicon = shipped()
    counts = Counter(label for label, _, _ in rows)
    if not counts:
        raise ValueError("没有可学的内容")
    if hints := counts.keys() & (TAUGHT.keys() | {NONE}):
        if hints != counts.keys():
            raise ValueError("领域和迹象要分开学，各用一个文件")
        yield from _learn_hints(rows, folder or _folder("hints"))
        return
    before = learning.weights_of(lexicon)
    anew = len(counts) > 1 and min(counts.values()) >= MANY
    yield f"{len(rows)} rows: {'，'.join(f'{name} {n}' for name, n in counts.most_common())}"
    yield "learned from nothing" if anew else "moved from the weights that are there"
    after = learning.train(lexicon, rows_of, size) if anew else learning.adjust(before, rows)
    yield from _moved(before, after)
    if folds > 1:
        whole, titles = learning.cross_validate(
            lexicon, rows_of, folds, size, start=None if anew else before
        )
        yield f"cross-validated in {folds} parts, title + text\n{table(whole)}"
        yield f"cross-validated in {folds} parts, title only\n{table(titles)}"
    written = learning.write(after, folder or _folder("learned"))
    yield "written: " + "，".join(str(path) for path in written)


def _learn_hints(rows: Sequence[Row], folder: Path) -> Iterator[str]:
    """Hints (nlp/hints.py) for each of the labels; `-` marks what is none of them."""
    for label, words in train_hints(rows).items():
        target, given = TAUGHT[label]
        path = learning.write_hint(target, words, folder, given)
        yield f"{label}: {len(words)} words, written: {path}"


def _folder(name: str) -> Path:
    return Path(str(files("nlp.lexicon").joinpath(name)))


def _moved(
    before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]
) -> Iterator[str]:
    words = {word for own in after.values() for word in own}
    yield f"{len(words)} words (before: {len({w for own in before.values() for w in own})})"
    for name, own in after.items():
        old = before.get(name, {})
        change = {
            word: round(own.get(word, 0.0) - old.get(word, 0.0), 2) for word in own.keys() | old
        }
        largest = sorted(change, key=lambda word: (-abs(change[word]), word))
        shown = "，".join(f"{word} {change[word]:+}" for word in largest[:MOVED] if change[word])
        new, gone = len(own.keys() - old.keys()), len(old.keys() - own.keys())
        yield f"{name}: {len(own)} words, {new} new, {gone} gone; most: {shown or '—'}"
