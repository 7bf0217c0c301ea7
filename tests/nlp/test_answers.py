"""Does the town know the answer to a question? Measured on sentences as villagers write them."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from bot.answers import measure, read_questions
from casework.answers import examples
from casework.town import Answer
from nlp.answers import ENOUGH, AnswerBase
from nlp.lexicon import shipped
from nlp.reader import Reader
from storage.book import names
from tests.casework.demo import town

QUESTIONS = read_questions(Path(__file__).with_name("answers.csv").read_text("utf-8").splitlines())
BASE = AnswerBase(town().answers.values())


@pytest.mark.parametrize(
    ("part", "precision", "recall"),
    [("", 0.98, 0.75), ("chosen", 0.98, 0.8), ("unseen", 0.95, 0.6)],
)
def test_an_answer_that_is_given_is_the_right_one(
    part: str, precision: float, recall: float
) -> None:
    """`chosen` are the sentences by which words and threshold were chosen; `unseen` ones were
    written afterwards and nothing was changed for them."""
    rows = [each for each in QUESTIONS if not part or each.part == part]
    reader = Reader(shipped(), names(town()))
    found = measure(BASE, reader, rows, ENOUGH)
    assert found.precision >= precision
    assert found.recall >= recall


def test_the_sentences_are_many_and_of_both_sorts() -> None:
    known = {each.answer for each in QUESTIONS if each.answer}
    assert known <= set(town().answers)
    assert known >= set(examples()) - {"rexian"}
    assert len([each for each in QUESTIONS if not each.answer]) >= 150
    assert len({each.text for each in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("answer", town().answers.values(), ids=lambda answer: answer.id)
def test_every_known_way_to_ask_finds_its_answer(answer: Answer) -> None:
    for question in answer.questions:
        found = BASE.best(question)
        assert found is not None, question
        assert found.id == answer.id, (question, found)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("我家在石墙村三组，男人摔断了腿，两个娃还在读书，想问下低保怎么申请", "dibao"),
        ("申請低保要什麼材料？", "dibao"),
        ("低保户能不能贷款买房", None),  # about something more
        ("低保被停了怎么复核", "dibao-fuhe"),  # the same subject, another matter
        ("种油菜有没有补贴", "dili"),  # 种…补贴
        ("有什么补贴可以领", None),
        ("村口路灯坏了", None),
        ("", None),
        ("？", None),
        ("什么", None),
    ],
)
def test_what_is_asked_counts_and_all_of_it(question: str, answer: str | None) -> None:
    found = BASE.best(question)
    assert (found.id if found else None) == answer


def test_a_find_says_why() -> None:
    first, *_ = BASE.candidates("低保户能不能贷款买房")
    assert first.id == "dibao"
    assert first.own == (("低保", 2.0),)
    assert {word for word, _ in first.foreign} == {"贷款", "买房"}
    assert first.score < ENOUGH


def test_an_empty_base_knows_nothing() -> None:
    assert AnswerBase([]).best("低保要什么材料") is None


@pytest.mark.parametrize(
    ("question", "given"),
    [("种油菜有没有补贴", True), ("办ETC种油菜有没有补贴", False), ("種油菜有沒有補貼", True)],
)
def test_words_are_compared_as_texts_are(question: str, given: bool) -> None:
    answer = replace(next(iter(town().answers.values())), words=("種…補貼",), unless=("ＥＴＣ",))
    assert (AnswerBase([answer]).best(question) is not None) is given


def test_a_word_that_any_question_has_stands_once() -> None:
    lists = tomllib.loads(files("nlp").joinpath("asking.toml").read_text("utf-8"))
    counts = Counter(word for words in lists.values() for word in words)
    assert [word for word, count in counts.items() if count > 1] == []
