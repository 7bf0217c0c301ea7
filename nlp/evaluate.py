"""How well fields are read: precision, recall and F1 by label, and what is taken for what."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from nlp.lexicon import FIELDS
from nlp.reader import Reader

TITLE = 8  # words at the start of a text that was cut into words: people begin with the matter
SHOWN = 12  # confusions

Row = tuple[str, str, str]  # label, title, text


def read_rows(lines: Iterable[str], labels: Collection[str] = FIELDS) -> list[Row]:
    """Labelled texts of a CSV file with the columns label, title, text, or label, tokens (words
    with spaces between them, the title's first). Raises ValueError with a sentence."""
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(lines)
    names = set(reader.fieldnames or ())
    if not ({"label", "title", "text"} <= names or {"label", "tokens"} <= names):
        raise ValueError("第一行应当是 label,title,text 或 label,tokens")
    found = []
    for number, row in enumerate(reader, 2):
        if row["label"] not in labels:
            raise ValueError(f"第 {number} 行：没有“{row['label']}”；有：{'、'.join(labels)}")
        if "tokens" in names:
            words = (row["tokens"] or "").split()
            found.append((row["label"], "".join(words[:TITLE]), "".join(words[TITLE:])))
        else:
            found.append((row["label"], row["title"] or "", row["text"] or ""))
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """Of one label. `support`: the rows that truly have it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Report:
    scores: tuple[Score, ...]
    macro_f1: float  # the mean of the labels' F1
    coverage: float  # the share of rows that got any answer
    confusions: tuple[tuple[str, str, int], ...]  # (true, read, count), the most frequent first


def compare(truth: Sequence[str], read: Sequence[str]) -> Report:
    """Two columns of labels; "" in `read` means no answer, which is a wrong one."""
    pairs = Counter(zip(truth, read, strict=True))
    labels = sorted(set(truth))
    scores = tuple(_score(label, pairs) for label in labels)
    wrong = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    return Report(
        scores,
        sum(score.f1 for score in scores) / max(1, len(scores)),
        sum(1 for label in read if label) / max(1, len(read)),
        tuple((true, got, count) for (true, got), count in wrong.most_common()),
    )


def _score(label: str, pairs: Counter[tuple[str, str]]) -> Score:
    right = pairs[label, label]
    support = sum(count for (true, _), count in pairs.items() if true == label)
    answered = sum(count for (_, got), count in pairs.items() if got == label)
    precision = right / answered if answered else 0.0
    recall = right / support if support else 0.0
    f1 = 2 * right / (support + answered) if support + answered else 0.0
    return Score(label, precision, recall, f1, support)


def evaluate(reader: Reader, rows: Iterable[Row], title_only: bool = False) -> Report:
    """Fields as read against the rows' labels."""
    truth, read = [], []
    for label, title, text in rows:
        truth.append(label)
        read.append(reader.read(title if title_only else f"{title}\n{text}").field)
    return compare(truth, read)


def table(report: Report) -> str:
    """For people: a line for each label, the means, and what is most often taken for what."""
    lines = ["     P      R     F1     n"]
    lines += [
        f"{s.precision:6.3f} {s.recall:6.3f} {s.f1:6.3f} {s.support:5d}  {s.label}"
        for s in report.scores
    ]
    lines.append(f"macro-F1 {report.macro_f1:.3f} · coverage {report.coverage:.3f}")
    lines += [
        f"{count:5d}  {true} → {got or '—'}" for true, got, count in report.confusions[:SHOWN]
    ]
    return "\n".join(lines)
