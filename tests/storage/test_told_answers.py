"""Answers that were told at once: remembered for what the villager says next, and counted."""

from __future__ import annotations

from datetime import timedelta

from storage import incoming, told_answers
from storage.database import Database, Moment
from storage.session import WriteSession
from tests.storage.town import MONDAY, met

BEFORE = MONDAY - timedelta(hours=1)


def ask(database: Database, villager: int, text: str, answer: str, version: int = 1) -> None:
    def work(session: WriteSession, _: Moment) -> None:
        row = {"key": text, "person": "wechat:gh:zhang", "kind": "text", "text": text, "more": {}}
        message = incoming.take_in(session, row, MONDAY, MONDAY)
        assert message is not None
        told_answers.keep(session, villager, message, answer, version, MONDAY)

    database.write("key", work).result(10)


def test_the_last_answer_is_remembered_with_what_was_asked(database: Database) -> None:
    zhang, chen = met(database, "zhang").id, met(database, "chen").id
    ask(database, zhang, "低保要什么材料", "dibao")
    ask(database, zhang, "残疾证怎么办", "canji", 3)
    with database.reading() as (session, _):
        told = told_answers.last(session, zhang, BEFORE)
        assert told is not None
        assert (told.answer, told.version, told.at) == ("canji", 3, MONDAY)
        assert told.question == "残疾证怎么办"
        assert told_answers.last(session, chen, BEFORE) is None
        assert told_answers.last(session, zhang, MONDAY + timedelta(seconds=1)) is None


def test_what_was_not_enough_is_counted_and_over(database: Database) -> None:
    zhang = met(database, "zhang").id
    ask(database, zhang, "低保要什么材料", "dibao")
    ask(database, zhang, "低保在哪里办", "dibao")

    def work(session: WriteSession, _: Moment) -> None:
        told = told_answers.last(session, zhang, BEFORE)
        assert told is not None
        told_answers.not_enough(session, told.id, 1001)
        assert told_answers.last(session, zhang, BEFORE) is None

    database.write("key", work).result(10)
    with database.reading() as (session, _):
        assert told_answers.counts(session, "dibao") == (2, 1)
        assert told_answers.counts(session, "canji") == (0, 0)
