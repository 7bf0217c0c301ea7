"""How well danger is told from what only sounds like it. The rules have been tuned on most of these
sentences since they were written: there the tests keep what was reached, they are no measure of what
is unseen. Those of unforeseen.tsv that are not learned from are: the held-out ones, all of which, those
without danger too, were written to be hard; and the blind ones, as a township would get them. So are
those of kinds.tsv, of which a quarter lie near the border between two kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.evaluate import compare
from nlp.reader import Reader
from nlp.reading import URGENCIES
from tests.nlp.teaching import lines


def sentences(name: str) -> list[tuple[str, str]]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return [(what, text) for what, _, text in rows]


def share(reader: Reader, name: str, what: str, **fields: str) -> float:
    texts = [text for label, text in sentences(name) if label == what]
    readings = [reader.read(text) for text in texts]
    ((field, value),) = fields.items()
    return sum(getattr(reading, field) == value for reading in readings) / len(texts)


def test_emergencies_are_recognised(reader: Reader) -> None:
    assert share(reader, "emergencies.tsv", "E", urgency="emergency") >= 0.98
    assert share(reader, "emergencies.tsv", "N", urgency="emergency") <= 0.01


def test_emergencies_told_in_odd_words_are_recognised(reader: Reader) -> None:
    assert share(reader, "odd.tsv", "E", urgency="emergency") >= 0.97
    assert share(reader, "odd.tsv", "N", urgency="emergency") <= 0.05


def test_wrong_done_on_purpose_is_told_from_what_is_slow_or_unjust(reader: Reader) -> None:
    assert share(reader, "misconduct.tsv", "M", subkind="misconduct") >= 0.95
    assert share(reader, "misconduct.tsv", "G", subkind="misconduct") <= 0.02


@pytest.mark.parametrize(
    ("part", "emergencies", "alarms", "wrongs", "accusations"),
    [("h", 0.92, 0.045, 0.86, 0.03), ("b", 0.98, 0.01, 0.95, 0.016)],
    ids=["held out", "blind"],
)
def test_what_was_never_learned_from_is_told_apart(
    reader: Reader,
    part: str,
    emergencies: float,
    alarms: float,
    wrongs: float,
    accusations: float,
) -> None:
    readings = [
        (label, reader.read(text)) for own, label, text in lines("unforeseen.tsv") if own == part
    ]

    def share_of(labels: str, field: str, value: str) -> float:
        own = [getattr(reading, field) == value for label, reading in readings if label in labels]
        return sum(own) / len(own)

    assert share_of("E", "urgency", "emergency") >= emergencies
    assert share_of("NGO", "urgency", "emergency") <= alarms
    assert share_of("M", "subkind", "misconduct") >= wrongs
    assert share_of("NGO", "subkind", "misconduct") <= accusations


@pytest.mark.parametrize(
    ("part", "right", "each"),
    [("t", 0.97, 0.95), ("h", 0.8, 0.7), ("b", 0.9, 0.85)],
    ids=["learned from", "held out", "blind"],
)
def test_the_kinds_of_speech_are_told_apart(
    reader: Reader, part: str, right: float, each: float
) -> None:
    rows = [(kind, text) for own, kind, text in lines("kinds.tsv") if own == part]
    report = compare([kind for kind, _ in rows], [kind_of(reader, text) for _, text in rows])
    wrong = sum(count for _, _, count in report.confusions)
    assert 1 - wrong / len(rows) >= right, report.confusions
    assert {s.label for s in report.scores if s.f1 < each} == set()


def kind_of(reader: Reader, text: str) -> str:
    """The kind, or which report: misconduct or hazard."""
    reading = reader.read(text)
    return reading.subkind or reading.kind


@pytest.mark.parametrize("denial", ["没有", "没人", "不是", "要是", "防止"])
def test_denying_what_happens_never_raises_urgency(reader: Reader, denial: str) -> None:
    emergencies = [text for label, text in sentences("emergencies.tsv") if label == "E"]
    for text in emergencies:
        plain, denied = reader.read(text), reader.read(f"{denial}{text}")
        assert URGENCIES.index(denied.urgency) <= URGENCIES.index(plain.urgency), text
