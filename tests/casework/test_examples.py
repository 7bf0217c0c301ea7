"""The answers that are shipped: whole, short, and well placed in the demo town."""

from __future__ import annotations

from importlib.resources import files

import pytest

from casework.answers import examples
from casework.town import Answer
from casework.townfile import build, parse, problems, render
from handlers.villager.answering import knows
from nlp.lexicon import shipped
from tests.casework.demo import town

OWN = {"bangong", "dating", "ganji"}  # of the demo town itself
SHORT = 120  # characters of what is read first
FIELDS = ("basis", "scope", "body", "how", "term", "conduct")


def test_there_are_enough_for_a_typical_township() -> None:
    assert len(examples()) >= 60


@pytest.mark.parametrize("identity", examples())
def test_an_example_is_whole(identity: str) -> None:
    row = examples()[identity]
    assert [each for each in problems({"answer": {identity: row}}) if each.table == "answer"] == []
    assert row["example"] is True
    assert row["title"]
    assert len(row["text"]) <= SHORT
    assert len(row["questions"]) >= 3
    assert all(row[field] for field in (*FIELDS, "papers", "place"))


@pytest.mark.parametrize("answer", town().answers.values(), ids=lambda answer: answer.id)
def test_behind_an_answer_stands_a_department_that_knows_more(answer: Answer) -> None:
    to = knows(town(), answer)
    assert town().posts[to.post].holders
    if answer.example:
        assert answer.topic in shipped().topics
        assert to.post != town().intake or answer.topic in ("贷款金融", "党建党员")


def test_what_a_town_writes_itself_counts_instead() -> None:
    answers = town().answers
    assert set(answers) == {*examples(), *OWN}
    assert {answer.id for answer in answers.values() if not answer.example} == OWN
    assert answers["dating"].text != examples()["dating"]["text"]


def test_a_town_that_does_not_want_them_has_its_own_only() -> None:
    text = files("deploy").joinpath("town.example.toml").read_text(encoding="utf-8")
    entries = parse(text.replace("examples = true", "examples = false"))
    assert set(build(entries).answers) == OWN
    assert parse(render(entries)) == entries
