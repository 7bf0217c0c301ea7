"""Text as it comes from phones: rough.tsv, and essays."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.reader import Reader

ROWS = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("rough.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("kind", "field", "urgency", "text"), ROWS, ids=[row[3] for row in ROWS])
def test_rough_text_is_read_like_any_other(
    reader: Reader, kind: str, field: str, urgency: str, text: str
) -> None:
    reading = reader.read(text)
    got = (reading.kind, reading.field, reading.urgency)
    expected = (kind, field, urgency)
    assert tuple(g if e != "-" else "-" for g, e in zip(got, expected, strict=True)) == expected


@pytest.mark.parametrize("text", ["ཁྱེད་རང་བདེ་མོ་ཡིན་ནམ", "ياخشىمۇسىز يېزىمىزدا سۇ يوق", "ꆈꌠꁱꂷ"])
def test_a_minority_script_is_read_by_a_person(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert reading.signals == {"minority"}
    assert reading.urgency == "ordinary"


def test_what_presses_is_heard_at_the_beginning_of_an_essay(reader: Reader) -> None:
    essay = (
        "我爸从屋顶上摔下来了头上全是血喊不应。" + "我家住在四组，路不好走，平时都是我照顾。" * 90
    )
    assert len(essay) > 1500
    assert reader.read(essay).urgency == "emergency"
