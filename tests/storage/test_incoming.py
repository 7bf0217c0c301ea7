"""Incoming messages: taken in once, tried again when their handler failed, and never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from storage import incoming, media, sending
from storage.database import Database, Moment
from storage.incoming import ATTEMPTS, RETRY_AFTER
from storage.message import AttachmentRow, MessageRow
from storage.outbox import OutboxRow
from storage.session import WriteSession
from tests.storage.town import MONDAY, SERVICE, WAYS, case, file, message, opened, stranger


def take(database: Database, key: str, **different: Any) -> int:
    def work(session: WriteSession, _: Moment) -> int | None:
        return incoming.take_in(session, message(key, **different), MONDAY, MONDAY)

    taken = database.write(key, work).result(10)
    assert taken is not None
    return taken


def test_the_same_message_many_times_at_once_is_taken_in_once(
    database: Database, replica: Database
) -> None:
    def work(session: WriteSession, _: Moment) -> int | None:
        return incoming.take_in(session, message("same"), MONDAY, MONDAY)

    futures = [where.write(f"lane {n}", work) for n, where in enumerate((database, replica) * 10)]
    taken = [future.result(20) for future in futures]
    assert len([each for each in taken if each is not None]) == 1


def test_a_known_message_has_its_answer(database: Database) -> None:
    taken = take(database, "m1")
    buttons = [{"label": "查进度", "text": "查1001"}]
    database.write(
        "key",
        lambda session, _: incoming.finish(
            session, taken, reply="编号 1001", buttons=buttons, case=1001
        ),
    ).result(10)
    with database.reading() as (session, _):
        known = incoming.known(session, "m1")
        assert known == incoming.Known(taken, "done", "编号 1001", buttons)
        assert incoming.known(session, "m2") is None


def test_a_failed_message_is_tried_again_three_times_in_all(database: Database) -> None:
    taken, wall = take(database, "m1"), MONDAY

    def fail(attempt: int) -> None:
        database.write(
            "key",
            lambda session, _: incoming.fail(session, taken, "KeyError", "稍后", attempt, wall),
        ).result(10)

    for attempt, wait in zip(range(1, ATTEMPTS), RETRY_AFTER, strict=False):
        fail(attempt)
        with database.reading() as (session, _):
            early = wall + wait - timedelta(seconds=1)
            assert incoming.to_retry(session, early) == []
            assert incoming.failed(session, taken, early) is None
            (row,) = incoming.to_retry(session, wall + wait)
            assert (row.attempts, row.state, row.error) == (attempt, "failed", "KeyError")
            assert incoming.failed(session, taken, wall + wait) is not None
        wall += wait
    fail(ATTEMPTS)
    with database.reading() as (session, _):
        assert incoming.to_retry(session, wall + timedelta(days=9)) == []
        assert session.first(select(MessageRow.state)) == "given_up"


def test_a_message_that_went_through_is_not_tried_again(database: Database) -> None:
    taken = take(database, "m1")

    def work(session: WriteSession, _: Moment) -> None:
        incoming.fail(session, taken, "KeyError", None, 1, MONDAY)
        incoming.finish(session, taken, reply=None, attempts=2)

    database.write("key", work).result(10)
    with database.reading() as (session, _):
        assert incoming.to_retry(session, MONDAY + timedelta(days=1)) == []
        assert incoming.failed(session, taken, MONDAY + timedelta(days=1)) is None


def test_an_endless_error_is_cut_short(database: Database) -> None:
    taken = take(database, "m1")
    database.write(
        "key", lambda session, _: incoming.fail(session, taken, "错" * 9_000, None, 1, MONDAY)
    ).result(10)
    with database.reading() as (session, _):
        assert len(session.first(select(MessageRow.error))) == 500


def test_the_last_words_are_those_that_did_not_become_a_case(database: Database) -> None:
    first = take(database, "m1", text="低保怎么办")
    second = take(database, "m2", text="人工")
    take(database, "m3", text="别人的话", person="wechat:gh:chen")
    with database.reading() as (session, _):
        assert incoming.last_words(session, "wechat:gh:zhang", second) == "低保怎么办"
        assert incoming.last_words(session, "wechat:gh:zhang", first) is None
        assert incoming.last_words(session, "wechat:gh:li", second) is None
    database.write(
        "key", lambda session, _: incoming.finish(session, first, reply="好", case=1001)
    ).result(10)
    with database.reading() as (session, _):
        assert incoming.last_words(session, "wechat:gh:zhang", second) is None


def test_an_attachment_is_fetched_through_the_outbox(database: Database) -> None:
    file(database, opened(case(1001)))
    taken = take(database, "m1", kind="image", text="")
    medium = {"kind": "image", "media_id": "M1", "format": "jpg"}

    def keep(session: WriteSession, _: Moment) -> None:
        incoming.keep_attachment(session, taken, 1001, medium, "wechat:gh:zhang:x", MONDAY, MONDAY)

    database.write("key", keep).result(10)
    (parcel,) = database.write(
        "outbox", lambda session, _: sending.claim(session, MONDAY, MONDAY, WAYS)
    ).result(10)
    (fetch,) = parcel.letters
    assert (fetch.task, fetch.text, fetch.recipient) == ("fetch", "M1", "zhang:x")
    wanted = fetch.more["attachment"]
    database.write(
        "outbox",
        lambda session, _: media.kept(session, wanted, "image", "1/M1.jpg", 512, "", "jpg"),
    ).result(10)
    with database.reading() as (session, _):
        (kept,) = media.of_case(SERVICE, session, 1001)
        assert (kept.state, kept.path, kept.size) == ("kept", "1/M1.jpg", 512)
        assert media.of_case(SERVICE, session, 1002) == []
        assert media.of_case(stranger(), session, 1001) == []

    database.write("outbox", lambda session, _: media.lost(session, wanted, "gone")).result(10)
    with database.reading() as (session, _):
        assert session.first(select(AttachmentRow.state)) == "lost"
        assert session.first(select(OutboxRow.state)) == "pending"
