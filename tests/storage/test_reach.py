"""What may still be sent to a villager, counted; and how each letter went. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from casework.rights import THE_SERVICE, Actor, Viewer
from casework.town import Authority, Town
from storage import people, reach, sending
from storage.database import Database
from storage.outbox import OutboxRow
from storage.record import Letter, post, record
from tests.storage.town import MONDAY, case, opened

ZHANG = ("wechat", "gh", "zhang")
DAY = timedelta(days=1)
LATER = MONDAY + 2 * DAY
TOWN = Town("t", "镇", "zhongjiang", "intake", "discipline", "duty", Authority("县", "12345"))


@pytest.fixture
def do(database: Database) -> Callable[[Callable[[Any], Any]], Any]:
    def run(work: Callable[[Any], Any]) -> Any:
        return database.write("outbox", lambda session, _: work(session)).result(10)

    return run


def speaks(session: Any, until: Any = LATER, allowed: int = 5) -> None:
    people.meet(session, *ZHANG, MONDAY, MONDAY, until, allowed)


def left(session: Any) -> tuple[int, bool, bool]:
    row = reach.person(session, ZHANG)
    assert row is not None
    return row.allowed, row.follows, row.subscribed


def test_what_is_taken_is_counted_and_what_is_kept_stays(do: Any) -> None:
    do(speaks)
    assert do(lambda s: reach.spend(s, ZHANG, 3, 1, MONDAY)) == 3
    assert do(lambda s: reach.spend(s, ZHANG, 3, 1, MONDAY)) == 1
    assert do(lambda s: reach.spend(s, ZHANG, 1, 1, MONDAY)) == 0
    assert do(lambda s: reach.spend(s, ZHANG, 1, 0, MONDAY)) == 1
    assert do(left)[0] == 0
    do(lambda s: reach.give_back(s, ZHANG, 2))
    assert do(left)[0] == 2


def test_nothing_may_be_sent_after_the_window_or_to_a_stranger(do: Any) -> None:
    do(speaks)
    assert do(lambda s: reach.spend(s, ZHANG, 1, 0, LATER)) == 0
    assert do(lambda s: reach.spend(s, ("wechat", "gh", "nobody"), 1, 0, MONDAY)) == 0


def test_a_new_word_opens_anew_and_a_tap_takes_nothing_away(do: Any) -> None:
    do(speaks)
    do(lambda s: reach.spend(s, ZHANG, 4, 0, MONDAY))
    do(lambda s: speaks(s, MONDAY + timedelta(minutes=1), 3))
    assert do(left)[0] == 1
    do(lambda s: speaks(s, LATER + DAY))
    assert do(left)[0] == 5


def test_who_does_not_follow_gets_nothing_and_who_writes_again_does(do: Any) -> None:
    do(speaks)
    do(lambda s: reach.subscribed(s, ZHANG, True))
    do(lambda s: reach.unreachable(s, ZHANG))
    assert do(left) == (0, False, False)
    assert do(lambda s: reach.spend(s, ZHANG, 1, 0, MONDAY)) == 0


def test_the_platforms_no_closes_the_window(do: Any) -> None:
    do(speaks)
    do(lambda s: reach.close(s, ZHANG))
    assert do(lambda s: reach.spend(s, ZHANG, 1, 0, MONDAY)) == 0


def letter(key: str, *, matters: bool) -> Letter:
    more = {"matters": matters}
    return Letter("wechat", "gh", "zhang", key, "灯修好了", "ordinary", MONDAY, more=more)


def test_what_matters_and_waits_is_found_until_somebody_phones(do: Any) -> None:
    do(speaks)
    do(lambda s: post(s, [letter("a", matters=True), letter("b", matters=False)], MONDAY, MONDAY))
    for row in do(lambda s: s.all(select(OutboxRow).order_by(col(OutboxRow.id)))):
        assert do(lambda s, row=row: sending.hold_again(s, row, "failed")) is None
        do(lambda s, row=row: sending.sent(s, row.id, MONDAY))
        assert do(lambda s, row=row: sending.hold_again(s, row, "failed")) is not None
    assert do(lambda s: sending.held_since(s, MONDAY - DAY, 10)) == []
    (found,) = do(lambda s: sending.held_since(s, MONDAY, 10))
    assert found.key == "a"
    do(lambda s: reach.note(s, found.id, None, reach.PHONE, "waits", MONDAY))
    assert do(lambda s: sending.held_since(s, MONDAY, 10)) == []


def test_an_end_that_the_platform_reports_finds_its_letter(do: Any) -> None:
    do(lambda s: post(s, [letter("a", matters=True)], MONDAY, MONDAY))
    (row,) = do(lambda s: s.all(select(OutboxRow)))
    do(lambda s: reach.note(s, row.id, None, reach.TEMPLATE, "told", MONDAY, receipt="77"))
    assert do(lambda s: reach.by_receipt(s, "77"))[1].key == "a"
    assert do(lambda s: reach.by_receipt(s, "")) is None
    assert do(lambda s: reach.by_receipt(s, "78")) is None


def test_how_a_case_was_told_is_for_who_may_see_it(do: Any) -> None:
    letters = [letter("a", matters=True)]
    do(lambda s: record(s, opened(case(1001)), letters, MONDAY, MONDAY))
    (row,) = do(lambda s: s.all(select(OutboxRow)))
    do(lambda s: reach.note(s, row.id, 1001, reach.TEMPLATE, "told", MONDAY))
    seen = [Viewer(THE_SERVICE, TOWN), Viewer(Actor("villager:9", villager=9), TOWN)]
    told = [do(lambda s, viewer=viewer: reach.of_case(viewer, s, 1001)) for viewer in seen]
    assert [len(each) for each in told] == [1, 0]
