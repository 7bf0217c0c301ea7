"""What is only learned: it speaks where no pattern does, is silent where danger is denied, and adds
up to what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.guards import is_supposed
from nlp.hints import Hints, shipped
from nlp.judge import weigh
from nlp.reader import Reader


def made_up(weight: float) -> Hints:
    words = "雾蒙 蒙蒙 蒙的 的谷 雾 蒙 谷"
    return Hints([{"target": "urgency:emergency", "weights": {str(weight): words}}])


def test_enough_small_words_speak_and_none_of_them_alone() -> None:
    assert made_up(9.0).find("雾蒙蒙的谷").speaks("urgency:emergency")
    assert not made_up(9.0).find("雾蒙").speaks("urgency:emergency")
    assert made_up(-20.0).find("雾蒙蒙的谷").doubts("urgency:emergency")
    assert not made_up(9.0).find("").speaks("urgency:emergency")


@pytest.mark.parametrize("text", ["厂房里冒出火来有人喊", "书记把钱装走了", "好"])
def test_what_is_shown_adds_up(text: str) -> None:
    hint = shipped().find(text)
    for target, total in hint.sums.items():
        assert sum(hint.words(target).values()) == pytest.approx(total, abs=0.05)


@pytest.mark.parametrize(
    ("text", "supposed"),
    [
        ("没有人掉进河里", True),
        ("要是着火了怎么办", True),
        ("车掉沟里了人没事", True),
        ("人掉进河里没起来", False),
    ],
)
def test_a_text_that_denies_or_supposes_gets_no_hint(text: str, supposed: bool) -> None:
    assert is_supposed(text) is supposed


@pytest.mark.parametrize(
    ("text", "weight", "heeded"),
    [("雾蒙蒙的谷", 0.5, True), ("没有人雾蒙蒙的谷", 0.5, False), ("没有人雾蒙蒙的谷", 9.0, True)],
)
def test_a_hint_is_not_heeded_where_the_text_denies_unless_it_cries(
    text: str, weight: float, heeded: bool
) -> None:
    words = weigh(text, [], (), made_up(weight).find(text)).words
    assert ("urgency:emergency" in words) is heeded


def test_what_is_added_or_ordered_in_a_conversation_is_no_danger(reader: Reader) -> None:
    lines = Path(__file__).with_name("asides.tsv").read_text("utf-8").splitlines()
    readings = [reader.read(line) for line in lines if not line.startswith("#")]
    assert {reading.text for reading in readings if reading.subkind} == set()
    assert {reading.urgency for reading in readings} <= {"ordinary", "urgent"}


def test_thanks_accuse_nobody(reader: Reader) -> None:
    assert reader.read("书记工作辛苦了").subkind == ""


def test_an_essay_is_judged_by_its_beginning(reader: Reader) -> None:
    essay = "我们村的路烂了，下雨天全是泥。" * 20 + "人掉进河里没起来"
    assert reader.read(essay).urgency != "emergency"
