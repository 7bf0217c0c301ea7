"""The answer base: does the town know the answer to a question?"""

from __future__ import annotations

import pytest

from casework.answers import AnswerBase
from casework.town import Answer
from tests.casework.demo import town

BASE = AnswerBase(town().answers.values())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("低保要什么材料", "dibao"),
        ("请问我家想吃低保要带什么东西", "dibao"),
        ("残疾证怎么办", "canji"),
        ("医保怎么交费", "yibaofei"),
        ("住院怎么报销", "baoxiao"),
        ("社保卡丢了怎么办", "shebaoka"),
        ("宅基地怎么申请", "zhaijidi"),
        ("满80岁有什么补贴", "gaoling"),
        ("种粮补贴一亩多少", "dili"),
    ],
)
def test_a_known_question(question: str, answer: str) -> None:
    found = BASE.best(question)
    assert found is not None
    assert found.id == answer


@pytest.mark.parametrize(
    "question", ["公租房怎么申请", "无人机飞手证在哪里考", "你好", "", "什么", "村口路灯坏了"]
)
def test_a_question_that_nobody_has_answered_yet(question: str) -> None:
    assert BASE.best(question) is None


@pytest.mark.parametrize("answer", town().answers.values(), ids=lambda answer: answer.id)
def test_every_known_way_to_ask_finds_its_answer(answer: Answer) -> None:
    for question in answer.questions:
        found = BASE.best(question)
        assert found is not None, question
        assert found.id == answer.id, question


def test_an_empty_base_knows_nothing() -> None:
    assert AnswerBase([]).best("低保要什么材料") is None
