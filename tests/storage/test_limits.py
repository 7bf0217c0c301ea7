"""No span of time, wherever it begins, holds more than a platform allows; nobody starves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from casework.calendar import SHANGHAI
from storage import limits, sending
from storage.database import Database
from storage.limits import DAY, Limit, SentCountRow
from storage.record import Letter, post
from storage.sending import LINES, Claimed, Way
from tests.storage.town import MONDAY, WAYS, each_alone, letter

MINUTE, HOUR = 60, 3600
MEMBER = (Limit("recipient", 30, MINUTE), Limit("recipient", 200, HOUR))


class Post:
    """Claims and sends at moments of its own: the wall clock is in its hands."""

    def __init__(self, *databases: Database, limits: tuple[Limit, ...]) -> None:
        self.databases = databases
        self.ways = {**WAYS, "wecom": Way(each_alone, limits)}
        self.sent: list[tuple[float, str, str]] = []  # second, recipient, key

    def put(self, letters: Iterable[Letter], case: int | None = None) -> None:
        self._do(0, lambda session: post(session, letters, MONDAY, MONDAY, case))

    def send(self, second: float, busy: Iterable[str] = ()) -> list[str]:
        """One round, by the processes in turn; what was claimed arrives at once."""
        wall = MONDAY + timedelta(seconds=second)
        free = {channel: way for channel, way in self.ways.items() if channel not in busy}

        def work(session: Any) -> list[Claimed]:
            parcels = sending.claim(session, MONDAY, wall, free)
            found = [each for parcel in parcels for each in parcel.letters]
            for each in found:
                sending.sent(session, each.id, MONDAY)
            return found

        found = self._do(int(second) % len(self.databases), work)
        self.sent += [(second, each.recipient, each.key) for each in found]
        return [each.key for each in found]

    def _do(self, which: int, work: Callable[[Any], Any]) -> Any:
        database = self.databases[which]
        return database.write("outbox", lambda session, _: work(session)).result(10)

    def most_within(self, span: float, recipient: str | None = None) -> int:
        times = [at for at, who, _ in self.sent if recipient in (None, who)]
        return max(sum(begin <= at < begin + span for at in times) for begin in times)


@pytest.fixture
def post_office(database: Database, replica: Database) -> Post:
    return Post(database, replica, limits=MEMBER)


def many(count: int, recipient: str = "li", importance: str = "urgent") -> list[Letter]:
    return [
        letter(f"{recipient}-{number:03}", recipient, importance=importance)
        for number in range(count)
    ]


def test_a_member_gets_everything_in_order_and_never_too_much_at_once(post_office: Post) -> None:
    post_office.put(many(150))
    for second in range(0, 900, 3):
        post_office.send(second)
    assert [key for *_, key in post_office.sent] == [each.key for each in many(150)]
    assert 20 <= post_office.most_within(MINUTE) <= 30
    assert post_office.most_within(HOUR) <= 200


def test_an_hour_has_its_limit_too(post_office: Post) -> None:
    post_office.put(many(250))
    for second in range(0, HOUR, 20):
        post_office.send(second)
    assert 150 <= len(post_office.sent) <= 200
    for second in range(HOUR, 2 * HOUR, 20):
        post_office.send(second)
    assert len(post_office.sent) == 250
    assert post_office.most_within(HOUR) <= 200


def test_what_presses_finds_room_that_ordinary_letters_may_not_use(post_office: Post) -> None:
    post_office.put(many(40, importance="ordinary"))
    for second in range(10):
        post_office.send(second)
    assert len(post_office.sent) < 30
    post_office.put([letter("fire", "li", importance="emergency")])
    assert "fire" in post_office.send(11)


def test_who_has_had_enough_holds_up_nobody(post_office: Post) -> None:
    post_office.put(many(40))
    for second in range(10):
        post_office.send(second)
    post_office.put([letter("hello", "wang")])
    assert "hello" in post_office.send(10)


def test_an_account_has_limits_of_its_own_which_all_replicas_keep(
    database: Database, replica: Database
) -> None:
    office = Post(database, replica, limits=(Limit("account", 60, MINUTE),))
    for number in range(120):
        office.put(many(1, f"person-{number:03}"))
    for second in range(0, 400, 2):
        office.send(second)
    assert len(office.sent) == 120
    assert 40 <= office.most_within(MINUTE) <= 60


def test_a_day_s_limit_is_over_at_the_platforms_midnight(database: Database) -> None:
    office = Post(database, limits=(Limit("account", 10, DAY),))
    for number in range(12):
        office.put(many(1, f"person-{number}"))
    office.send(0)
    assert len(office.sent) == 8  # what is left of ten is for what presses
    tomorrow = MONDAY.astimezone(SHANGHAI).date() + timedelta(days=1)
    rest = (datetime.combine(tomorrow, time(), SHANGHAI) - MONDAY).total_seconds()
    assert office.send(rest - 1) == []
    assert len(office.send(rest + 1)) == 4


def test_one_noisy_case_leaves_room_for_the_others(post_office: Post) -> None:
    post_office.put([many(1, f"neighbour-{number}")[0] for number in range(2 * LINES)], case=1001)
    post_office.put([letter("other", "wang", importance="urgent")], case=1002)
    assert "other" in post_office.send(0)


def test_a_channel_that_is_busy_holds_up_no_other(post_office: Post) -> None:
    post_office.put([letter(f"w{n}", f"o{n}", channel="wechat") for n in range(2 * LINES)])
    post_office.put([letter("staff", "li")])
    assert post_office.send(0, busy=["wechat"]) == ["staff"]
    assert len(post_office.send(1)) == LINES


def test_counts_of_days_that_are_over_are_dropped(post_office: Post, database: Database) -> None:
    post_office.put(many(1))
    post_office.send(0)
    later = MONDAY + timedelta(days=4)
    database.write("outbox", lambda session, _: limits.forget(session, later)).result(10)
    with database.reading() as (session, _):
        assert session.all(select(SentCountRow)) == []
