"""What the town has decided: versions, the revision, and the book that follows them."""

from __future__ import annotations

from typing import Any

import pytest

from nlp.reader import Reader
from storage import town
from storage.book import NoTown, Shelf
from storage.database import Database, Moment
from storage.session import WriteSession
from tests.storage.town import HOUR, MONDAY


def put(
    database: Database,
    identity: str,
    value: dict[str, Any] | None,
    kind: str = "place",
    by: str = "zhao",
) -> None:
    database.write(by, lambda session, _: _put(session, kind, identity, value, by)).result(10)


def _put(
    session: WriteSession, kind: str, identity: str, value: dict[str, Any] | None, by: str
) -> None:
    town.put(session, kind, identity, value, source="chat", by=by, now=MONDAY)


def entries(database: Database) -> town.Entries:
    with database.reading() as (session, _):
        return town.entries(session)


def revision(database: Database) -> int:
    with database.reading() as (_, begun):
        return begun.revision


def test_the_newest_version_counts_and_the_older_ones_stay(database: Database) -> None:
    put(database, "bridge", {"name": "石桥"})
    put(database, "bridge", {"name": "大石桥"})
    put(database, "tree", {"name": "老槐树"})
    assert entries(database) == {
        "place": {"bridge": {"name": "大石桥"}, "tree": {"name": "老槐树"}}
    }
    with database.reading() as (session, _):
        history = town.history(session, "place", "bridge")
    assert [(row.version, row.value, row.changed_by) for row in history] == [
        (1, {"name": "石桥"}, "zhao"),
        (2, {"name": "大石桥"}, "zhao"),
    ]


def test_what_was_taken_back_no_longer_counts_and_can_come_again(database: Database) -> None:
    put(database, "bridge", {"name": "石桥"})
    put(database, "bridge", None)
    assert entries(database) == {}
    put(database, "bridge", {"name": "新桥"})
    assert entries(database) == {"place": {"bridge": {"name": "新桥"}}}
    with database.reading() as (session, _):
        assert town.versions(session)["place", "bridge"].version == 3


def test_every_change_is_a_new_revision(database: Database) -> None:
    before = revision(database)
    put(database, "bridge", {"name": "石桥"})
    put(database, "bridge", None)
    assert revision(database) == before + 2


def test_two_writers_of_one_entry_both_stand_in_its_history(
    database: Database, replica: Database
) -> None:
    """赵镇长 and 王书记 change the same entry at the same moment, through two processes."""
    futures = [
        where.write(
            f"{who}{n}",
            lambda session, _, who=who: _put(session, "place", "bridge", {"name": who}, who),  # type: ignore[misc]
        )
        for n in range(10)
        for where, who in ((database, "zhao"), (replica, "wang"))
    ]
    for future in futures:
        future.result(20)
    with database.reading() as (session, _):
        history = town.history(session, "place", "bridge")
    assert [row.version for row in history] == list(range(1, 21))


def test_a_change_that_fails_leaves_no_revision(database: Database) -> None:
    before = revision(database)

    def work(session: WriteSession, _: Moment) -> None:
        _put(session, "place", "bridge", {"name": "石桥"}, "zhao")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write("key", work).result(10)
    assert (revision(database), entries(database)) == (before, {})


def test_the_clock_goes_forward_for_everybody(database: Database, replica: Database) -> None:
    database.write("clock", lambda session, _: town.advance(session, 26 * 3_600_000)).result(10)
    with replica.reading() as (_, begun):
        assert begun.now - begun.wall == 26 * HOUR


def test_without_a_town_there_is_no_book(database: Database) -> None:
    with database.reading() as (session, begun), pytest.raises(NoTown):
        Shelf().book(session, begun.revision)


def test_a_book_is_kept_until_the_town_decides_something(
    qingshi: Database, qingshi_replica: Database
) -> None:
    """What 赵镇长 says through one process, the other one knows at its next transaction."""
    shelf, other = Shelf(), Shelf()
    with qingshi.reading() as (session, begun):
        first = shelf.book(session, begun.revision)
        assert shelf.book(session, begun.revision) is first
    with qingshi_replica.reading() as (session, begun):
        other.book(session, begun.revision)

    put(qingshi, "notice", {"text": "明天停水"}, kind="setting")
    with qingshi_replica.reading() as (session, begun):
        book = other.book(session, begun.revision)
    assert (book.town.notice, book.revision) == ("明天停水", first.revision + 1)
    assert first.town.notice != "明天停水"


def test_what_has_not_changed_is_not_made_again(qingshi: Database) -> None:
    """A leave changes nothing of how sentences are read, a new word does."""
    shelf = Shelf()

    def reader() -> Reader:
        with qingshi.reading() as (session, begun):
            return shelf.book(session, begun.revision).reader

    first = reader()
    put(qingshi, "li", {"first": "2026-03-02", "last": "2026-03-04"}, kind="leave")
    assert reader() is first
    rule = {"target": "topic:路灯", "word": "灯柱", "weight": 5.0}
    put(qingshi, "灯柱", rule, kind="rule")
    assert reader() is not first
    assert reader().read("石墙村三组的灯柱歪了").topic == "路灯"
