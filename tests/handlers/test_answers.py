"""How an answer reads: whole, and in one message on either platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.rights import THE_SERVICE
from casework.town import Answer
from casework.townfile.schema import LONGEST_ANSWER, LONGEST_LINE
from handlers.turn import Occasion
from handlers.villager.answering import list_of_papers, short, whole
from tests.casework.demo import NOW, town
from tests.village import Village

ONE_MESSAGE = 2000  # bytes


@pytest.fixture(scope="module")
def occasion() -> Occasion:
    book: Any = type("Book", (), {"town": town()})()
    nothing: Any = None
    return Occasion(actor=THE_SERVICE, now=NOW, wall=NOW, book=book, session=nothing, origin="test")


@pytest.mark.parametrize("answer", town().answers.values(), ids=lambda answer: answer.id)
def test_an_answer_fits_into_one_message(occasion: Occasion, answer: Answer) -> None:
    for text in (short(occasion, answer), list_of_papers(answer), whole(occasion, answer)):
        assert len(text.encode()) <= ONE_MESSAGE
        assert "没解决" in text
    assert (short(occasion, answer).count("示例") == 1) == answer.example


def test_the_longest_answer_that_may_be_written_is_read_in_one_message(occasion: Occasion) -> None:
    line = "长" * LONGEST_LINE
    longest = Answer(
        "longest", ("问",), ("词",), "答" * LONGEST_ANSWER, papers=(line,) * 12, place="镇里",
        basis=line, example=True,
    )  # fmt: skip
    text = short(occasion, longest)
    assert "要带12样，回复“材料”看清单" in text
    assert len(text.encode()) <= ONE_MESSAGE


def test_an_answer_without_more_offers_no_more(occasion: Occasion) -> None:
    bare = replace(
        town().answers["ganji"], papers=(), place="", hours="", basis="", how="", phone="12345"
    )
    text = short(occasion, bare)
    assert "详细" not in text
    assert "带：" not in text
    assert "电话：12345" in text


def test_after_a_day_nobody_knows_what_the_word_was_about(village: Village) -> None:
    village.says("zhang", "残疾证怎么办")
    village.advance(timedelta(hours=25))
    assert "残疾证" not in village.says("zhang", "材料")
