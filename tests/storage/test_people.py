"""Villagers: met, remembered, told together with others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import people
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.villager import Villager
from tests.storage.town import MONDAY, case, file, met, opened


def test_a_villager_is_the_same_person_next_time(database: Database) -> None:
    zhang = met(database, "zhang")
    assert (zhang.openid, zhang.first_at, zhang.minute_messages) == ("zhang", MONDAY, 1)
    assert met(database, "zhang").id == zhang.id
    assert met(database, "chen").id != zhang.id


def test_the_same_openid_on_another_account_is_somebody_else(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> set[int]:
        return {
            people.meet(session, "wechat", account, "zhang", MONDAY, MONDAY).id
            for account in ("gh_a", "gh_b")
        }

    assert len(database.write("key", work).result(10)) == 2


def test_messages_are_counted_by_the_minute(database: Database) -> None:
    def work(session: WriteSession, _: Moment) -> list[int]:
        seconds = (0, 1, 59, 60, 61, 180)
        return [
            people.meet(
                session, "wechat", "gh", "zhang", MONDAY, MONDAY + timedelta(seconds=each)
            ).minute_messages
            for each in seconds
        ]

    assert database.write("key", work).result(10) == [1, 2, 3, 1, 2, 1]


def test_many_words_at_once_are_one_person_and_all_counted(
    database: Database, replica: Database
) -> None:
    def work(session: WriteSession, _: Moment) -> Villager:
        return people.meet(session, "wechat", "gh", "zhang", MONDAY, MONDAY)

    futures = [where.write(f"lane {n}", work) for n, where in enumerate((database, replica) * 10)]
    found = [future.result(20) for future in futures]
    assert len({each.id for each in found}) == 1
    assert sorted(each.minute_messages for each in found) == list(range(1, 21))


def test_what_is_remembered_stays(database: Database) -> None:
    zhang = met(database, "zhang")
    database.write(
        "key",
        lambda session, _: people.change(
            session, zhang.id, unit="shiqiang-3", anonymous=True, held=2
        ),
    ).result(10)
    again = met(database, "zhang")
    assert (again.unit, again.anonymous, again.held) == ("shiqiang-3", True, 2)
    with database.reading() as (session, _):
        found = people.find(session, zhang.id)
        assert found == replace(again, minute_messages=found.minute_messages if found else 0)
        assert people.find(session, 99) is None


def test_the_parties_of_a_case_are_who_filed_it_and_who_joined(database: Database) -> None:
    zhang, chen, _ = (met(database, name) for name in ("zhang", "chen", "other"))
    file(database, replace(opened(case(1001, villager=zhang.id)), parties=(chen.id,)))
    with database.reading() as (session, _):
        assert [each.openid for each in people.parties(session, 1001, zhang.id)] == [
            "zhang",
            "chen",
        ]
        assert [each.openid for each in people.parties(session, 1001, None)] == ["chen"]
        assert people.parties(session, 1002, None) == []
