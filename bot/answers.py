"""What stands behind `xiaoge answers`: the examples as TOML, and how well questions find theirs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casework.answers import examples
from casework.townfile import build, parse, render_entry
from nlp.answers import ENOUGH, AnswerBase, asked, may_ask
from nlp.reader import Reader
from storage.book import reader_of

THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8)
SHOWN = 20  # wrong answers


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence and the answer that is right for it; "": none is."""

    text: str
    answer: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """`given` answers, of which so many were `right`, to questions of which so many are `known`."""

    given: int
    right: int
    known: int
    wrong: tuple[tuple[Question, str], ...] = ()  # with what was given instead

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.known if self.known else 1.0


def read_questions(lines: Iterable[str]) -> list[Question]:
    """A CSV file with the columns answer, text. Raises ValueError with a sentence."""
    reader = csv.DictReader(lines)
    if not {"answer", "text"} <= set(reader.fieldnames or ()):
        raise ValueError("第一行应当有 answer,text（答案的 id、问的话；没有答案的空着）")
    return [Question(row["text"], row["answer"], row.get("part", "")) for row in reader]


def measure(
    base: AnswerBase, reader: Reader, questions: Sequence[Question], enough: float
) -> Measure:
    """The whole way of a message: only what is read as a question is answered."""
    given = right = 0
    wrong = []
    for question in questions:
        reading = reader.read(question.text)
        found = base.candidates(asked(reading)) if may_ask(reading) else []
        if not found or found[0].score < enough:
            continue
        given += 1
        if found[0].id == question.answer:
            right += 1
        else:
            wrong.append((question, found[0].id))
    known = len([each for each in questions if each.answer])
    return Measure(given, right, known, tuple(wrong))


def measure_lines(lines: Iterable[str], town: str) -> Iterator[str]:
    """Precision and recall at several thresholds, and what was answered wrongly."""
    built = build(parse(town))
    questions = read_questions(lines)
    unknown = {each.answer for each in questions if each.answer} - set(built.answers)
    if unknown:
        raise ValueError(f"没有答案 {'、'.join(sorted(unknown))}")
    base = AnswerBase(built.answers.values())
    reader = reader_of(built, {})
    parts = list(dict.fromkeys(each.part for each in questions))
    for part in parts if len(parts) < 2 else ["", *parts]:
        rows = [each for each in questions if not part or each.part == part]
        yield f"{part or 'all'}, {len(rows)} questions\n  from      P      R  given"
        for enough in THRESHOLDS:
            found = measure(base, reader, rows, enough)
            mark = "  ← counts" if enough == ENOUGH else ""
            yield f"{enough:6.2f} {found.precision:6.3f} {found.recall:6.3f} {found.given:6d}{mark}"
    for question, instead in measure(base, reader, questions, ENOUGH).wrong[:SHOWN]:
        yield f"{question.text}: {instead}, not {question.answer or '—'}"


def example_lines() -> Iterator[str]:
    """id, title and version of each example."""
    for identity, row in examples().items():
        yield f"{identity}\t{row['title']}\t{row['topic']}\tversion {row.get('version', 1)}"


def export() -> str:
    """The examples as a town would write them, to be put into its file and changed there."""
    return "\n".join(render_entry("answer", identity, row) for identity, row in examples().items())
