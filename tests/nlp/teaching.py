"""The sentences of these tests that are learned from, as CSV:

    python -m tests.nlp.teaching hints | xiaoge learn /dev/stdin     (make hints)
    python -m tests.nlp.teaching fields                              (make weights)

What is held out is not among them."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

LABELS = {"E": "emergency", "M": "misconduct", "N": "-", "G": "-"}
HERE = Path(__file__).parent

Row = tuple[str, str]  # label, sentence


def of_hints() -> Iterator[Row]:
    """Each sentence with its hint, once; and twice more those that have to be read rightly."""
    demanded = list(_demanded())
    own = {sentence: (label, sentence) for label, sentence in (*_written(), *demanded)}
    yield from (*own.values(), *demanded, *demanded)


def _written() -> Iterator[Row]:
    for part, label, sentence in lines("unforeseen.tsv"):
        if part == "t":
            yield LABELS[label], sentence
    telling = {sentence: label for label, sentence in lines("telling.tsv")}
    for part, _, sentence in lines("fields.tsv"):
        label = telling.get(sentence, "N")
        if part in "tn" and label != "?":
            yield LABELS[label], sentence
    for part, kind, sentence in lines("kinds.tsv"):
        if part == "t":
            yield kind, sentence
    for name in ("emergencies.tsv", "odd.tsv", "misconduct.tsv"):
        for label, sentence in lines(name):
            yield LABELS[label], sentence


def _demanded() -> Iterator[Row]:
    for (sentence,) in lines("asides.tsv"):
        yield "-", sentence
    for (line,) in lines("dangers.tsv"):
        yield LABELS[line[0]], line[2:]
    for kind, _, urgency, sentence in lines("sentences.tsv"):
        yield _label(kind, urgency), sentence


def _label(kind: str, urgency: str) -> str:
    if kind == "report.m":
        return "misconduct"
    if urgency == "emergency":
        return "emergency"
    return "hazard" if kind == "report.h" else kind


def lines(name: str) -> Iterator[list[str]]:
    """The fields of a table's lines."""
    written = (HERE / name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in written if line and not line.startswith("#"))


def of_fields() -> Iterator[Row]:
    """Each sentence with its field 领域."""
    for part, field, sentence in lines("fields.tsv"):
        if part in "tn":
            yield field, sentence
    for _, field, _, sentence in lines("sentences.tsv"):
        if field != "-":
            yield field, sentence


def written(rows: Iterable[Row]) -> list[str]:
    """The lines of a CSV file."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("label", "title", "text"))
    writer.writerows((label, sentence, "") for label, sentence in rows)
    return out.getvalue().splitlines(keepends=True)


if __name__ == "__main__":
    sys.stdout.writelines(written({"hints": of_hints, "fields": of_fields}[sys.argv[1]]()))
