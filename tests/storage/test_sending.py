"""The outbox from the courier's side: claimed once, in order, urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from storage import people, sending
from storage.database import Database
from storage.outbox import OutboxRow
from storage.record import Letter, post
from storage.sending import LEASE, LETTERS, LINES, Claimed, Parcel
from tests.storage.town import HOUR, MONDAY, WAYS, letter, met

SECOND = timedelta(seconds=1)


class Outbox:
    def __init__(self, database: Database) -> None:
        self.database = database

    def put(self, *letters: Letter) -> None:
        self.do(lambda session: post(session, letters, MONDAY, MONDAY))

    def claim(self, at: datetime = MONDAY, wall: datetime = MONDAY) -> list[Claimed]:
        found = self.do(lambda session: sending.claim(session, at, wall, WAYS))
        return letters(found)

    def do(self, work: Callable[[Any], Any]) -> Any:
        return self.database.write("outbox", lambda session, _: work(session)).result(10)

    def states(self) -> dict[str, str]:
        with self.database.reading() as (session, _):
            rows = session.all(select(OutboxRow).order_by(col(OutboxRow.id)))
        return {row.key: row.state for row in rows}


def still_to_tell(_: str) -> bool:
    return False


def letters(parcels: Iterable[Parcel]) -> list[Claimed]:
    return [each for parcel in parcels for each in parcel.letters]


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


def keys(claimed: Iterable[Claimed]) -> list[str]:
    return [each.key for each in claimed]


def test_what_was_claimed_is_not_claimed_again(outbox: Outbox) -> None:
    outbox.put(letter("a"), letter("b", "wang"))
    assert keys(outbox.claim()) == ["a", "b"]
    assert outbox.claim() == []


def test_two_workers_never_have_the_same_row(
    outbox: Outbox, database: Database, replica: Database
) -> None:
    outbox.put(*(letter(f"{n}", f"person {n}") for n in range(3 * LINES)))
    rounds = [
        where.write("outbox", lambda session, _: sending.claim(session, MONDAY, MONDAY, WAYS))
        for where in (database, replica) * 4
    ]
    found = [each.key for future in rounds for each in letters(future.result(20))]
    assert sorted(found) == sorted(f"{n}" for n in range(3 * LINES))


def test_so_many_letters_of_a_line_at_once(outbox: Outbox) -> None:
    outbox.put(*(letter(f"{n}") for n in range(LETTERS + 2)))
    claimed = outbox.claim()
    assert keys(claimed) == [f"{n}" for n in range(LETTERS)]
    assert outbox.claim() == []
    for each in claimed:
        outbox.do(lambda session, each=each: sending.sent(session, each.id, MONDAY))  # type: ignore[misc]
    assert keys(outbox.claim()) == [f"{LETTERS}", f"{LETTERS + 1}"]


def test_so_many_lines_at_once(outbox: Outbox) -> None:
    outbox.put(*(letter(f"{n:02}", f"person {n}") for n in range(LINES + 5)))
    assert keys(outbox.claim()) == [f"{n:02}" for n in range(LINES)]
    assert len(outbox.claim()) == 5


def test_urgent_letters_overtake(outbox: Outbox) -> None:
    outbox.put(
        letter("ordinary"),
        letter("urgent", importance="urgent"),
        letter("emergency", importance="emergency"),
        letter("second"),
    )
    claimed = outbox.claim()
    assert keys(claimed) == ["emergency", "urgent", "ordinary", "second"]
    assert len({each.line for each in claimed}) == 3


def test_a_line_is_in_order_and_waits_for_its_first(outbox: Outbox) -> None:
    """A letter that is tried again later holds up its own line, and no other."""
    outbox.put(letter("1"), letter("2"))
    first, second = outbox.claim()
    retry = MONDAY + 10 * SECOND
    outbox.do(lambda session: sending.arrived(session, first, 1, "the rest"))
    outbox.do(lambda session: sending.again(session, first, retry, 45009, "too fast"))
    outbox.do(lambda session: sending.release(session, [second.id]))
    outbox.put(letter("3"), letter("x", "wang"), letter("hurry", importance="urgent"))

    assert keys(outbox.claim()) == ["hurry", "x"]
    again = outbox.claim(wall=retry)
    assert keys(again) == ["1", "2", "3"]
    assert (again[0].attempts, again[0].delivered, again[0].code) == (1, 1, 45009)


def test_a_line_with_a_letter_on_its_way_waits(outbox: Outbox) -> None:
    outbox.put(letter("1"))
    outbox.claim()
    outbox.put(letter("2"))
    assert outbox.claim() == []


def test_the_same_name_on_another_channel_is_another_line(outbox: Outbox) -> None:
    outbox.put(letter("1"))
    outbox.claim()
    outbox.put(letter("2", channel="wechat"), letter("3", account="other"))
    assert keys(outbox.claim()) == ["2", "3"]


def test_the_lease_of_a_worker_that_died_comes_to_an_end(outbox: Outbox) -> None:
    outbox.put(letter("1"), letter("2"))
    assert keys(outbox.claim()) == ["1", "2"]
    assert outbox.claim(wall=MONDAY + LEASE - SECOND) == []
    assert keys(outbox.claim(wall=MONDAY + LEASE)) == ["1", "2"]


def test_what_is_on_its_way_for_long_is_nobody_else_s(outbox: Outbox) -> None:
    outbox.put(letter("1"), letter("2"))
    first, second = outbox.claim()
    outbox.do(lambda session: sending.release(session, [second.id]))
    late = MONDAY + LEASE - SECOND
    outbox.do(lambda session: sending.renew(session, [first.id, second.id], late))
    assert outbox.claim(wall=MONDAY + LEASE) == []
    outbox.do(lambda session: sending.sent(session, first.id, MONDAY))
    assert keys(outbox.claim(wall=MONDAY + LEASE)) == ["2"]


def test_of_a_letter_in_parts_the_next_word_brings_only_the_rest(
    outbox: Outbox, database: Database
) -> None:
    zhang = met(database, "zhang")
    outbox.put(letter("1", channel="wechat", account="gh", to="zhang"))
    (claimed,) = outbox.claim()
    outbox.do(lambda session: sending.arrived(session, claimed, 2, "the rest"))
    outbox.do(lambda session: sending.give_up(session, claimed, "held", 45047, "used up"))
    assert outbox.do(lambda session: people.take_held(session, zhang, MONDAY, still_to_tell)) == [
        "the rest"
    ]


def test_quiet_hours_hold_a_letter_and_nothing_behind_it(outbox: Outbox) -> None:
    """The morning is the town's, the retry is the real clock's."""
    morning = MONDAY + 10 * HOUR
    outbox.put(letter("tomorrow", not_before=morning), letter("now"))
    assert keys(outbox.claim(wall=MONDAY + 48 * HOUR)) == ["now"]
    assert outbox.states() == {"tomorrow": "quiet", "now": "pending"}
    assert keys(outbox.claim(at=morning)) == ["tomorrow"]  # and not again what is on its way


def test_what_was_sent_is_never_claimed_again(outbox: Outbox) -> None:
    outbox.put(letter("1"))
    (claimed,) = outbox.claim()
    outbox.do(lambda session: sending.sent(session, claimed.id, MONDAY))
    assert outbox.claim(wall=MONDAY + 2 * LEASE) == []
    # another worker whose lease was over has something to say, too late
    outbox.do(lambda session: sending.again(session, claimed, MONDAY, 1, "time-out"))
    outbox.do(lambda session: sending.give_up(session, claimed, "refused", 1, "gone"))
    assert outbox.states() == {"1": "sent"}


def test_what_was_refused_opens_its_line(outbox: Outbox) -> None:
    outbox.put(letter("1"), letter("2"))
    first, second = outbox.claim()
    outbox.do(lambda session: sending.give_up(session, first, "refused", 43004, "not following"))
    outbox.do(lambda session: sending.release(session, [second.id]))
    assert keys(outbox.claim()) == ["2"]
    assert outbox.states() == {"1": "refused", "2": "pending"}


def test_held_letters_wait_for_the_villager_s_next_word(outbox: Outbox, database: Database) -> None:
    zhang = met(database, "zhang")
    to_zhang = {"channel": "wechat", "account": "gh", "to": "zhang"}
    outbox.put(letter("1", **to_zhang), letter("2", **to_zhang), letter("3", **to_zhang))
    first, second, third = outbox.claim()
    for each in (first, second):
        outbox.do(
            lambda session, each=each: sending.give_up(session, each, "held", 45015, "48 h")  # type: ignore[misc]
        )
    outbox.do(lambda session: sending.release(session, [third.id]))
    assert outbox.states() == {"1": "held", "2": "held", "3": "pending"}
    zhang = met(database, "zhang")
    assert zhang.held == 2

    told = outbox.do(lambda session: people.take_held(session, zhang, MONDAY, still_to_tell))
    assert told == ["1", "2"]
    assert met(database, "zhang").held == 0
    assert outbox.states() == {"1": "sent", "2": "sent", "3": "pending"}
    assert outbox.do(lambda session: people.take_held(session, zhang, MONDAY, still_to_tell)) == []


def test_of_held_letters_what_is_over_by_now_is_not_told(
    outbox: Outbox, database: Database
) -> None:
    zhang = met(database, "zhang")
    outbox.put(*(letter(n, "zhang", channel="wechat", account="gh") for n in ("1", "2")))
    for each in outbox.claim():
        outbox.do(
            lambda session, each=each: sending.give_up(session, each, "held", 45015, "48 h")  # type: ignore[misc]
        )
    told = outbox.do(
        lambda session: people.take_held(session, zhang, MONDAY, lambda key: key == "1")
    )
    assert told == ["2"]
    assert outbox.states() == {"1": "overtaken", "2": "sent"}


def test_held_letters_are_the_person_s_own(outbox: Outbox, database: Database) -> None:
    zhang, chen = met(database, "zhang"), met(database, "chen")
    outbox.put(letter("1", "zhang", channel="wechat", account="gh"))
    (claimed,) = outbox.claim()
    outbox.do(lambda session: sending.give_up(session, claimed, "held", 45015, "48 h"))
    assert outbox.do(lambda session: people.take_held(session, chen, MONDAY, still_to_tell)) == []
    assert outbox.do(lambda session: people.take_held(session, zhang, MONDAY, still_to_tell)) == [
        "1"
    ]


def test_a_letter_keeps_its_buttons(outbox: Outbox) -> None:
    outbox.put(letter("1", buttons=(("接单", "接单 1001"),)), letter("2", "wang"))
    with_buttons, without = outbox.claim()
    assert with_buttons.more == {"buttons": [["接单", "接单 1001"]]}
    assert without.more == {}
