"""`xiaoge town check|load|export` on a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import town
from casework import townfile
from storage import audit, schema
from storage.book import NoTown, Shelf
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.town import history, put

DEMO = town.example()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/town.db")
    schema.upgrade(database)
    yield database
    database.close()


def load(database: Database, text: str, overwrite: bool = False) -> townfile.Plan:
    return town.load(database, text, overwrite=overwrite, by="console")


def in_chat(database: Database, kind: str, identity: str, value: dict[str, Any] | None) -> None:
    """赵镇长 changes an entry in 企业微信."""

    def work(session: WriteSession, begun: Moment) -> None:
        put(session, kind, identity, value, source="chat", by="zhao", now=begun.now)

    database.write("zhao", work).result()


def phone_of(database: Database, person: str) -> str:
    phone: str = town.check(town.export(database))["staff"][person]["phone"]
    return phone


LI = {"name": "李守田", "userid": "li", "posts": ["shiqiang-g3"]}


def test_the_first_load_brings_the_whole_town(database: Database) -> None:
    with pytest.raises(NoTown):
        town.export(database)
    plan = load(database, DEMO)
    assert {change.what for change in plan.changes} == {"add"}
    assert town.check(town.export(database)) == town.check(DEMO)
    with database.reading() as (session, begun):
        book = Shelf().book(session, begun.revision)
    assert book.town.full_name("shiqiang-3") == "石墙村三组"


def test_a_file_with_mistakes_changes_nothing(database: Database) -> None:
    with pytest.raises(townfile.TownFileError, match=r"没有工作法 \"zhongjing\"；相近的有"):
        load(database, DEMO.replace('"zhongjiang"', '"zhongjing"'))
    with pytest.raises(townfile.TownFileError, match='没有主题 "路登"；相近的有 "路灯"'):
        load(database, DEMO.replace('"路灯"', '"路登"'))
    with pytest.raises(NoTown):
        town.export(database)


def test_a_preview_shows_and_writes_nothing(database: Database) -> None:
    load(database, DEMO)
    before = phone_of(database, "li")
    plan = town.preview(database, DEMO.replace(before, "13800000099"))
    assert townfile.describe(plan) == (f"~ [[staff]] li 李守田 · phone：{before} → 13800000099")
    assert phone_of(database, "li") == before


def test_loading_again_changes_what_differs_and_keeps_history(database: Database) -> None:
    load(database, DEMO)
    before = phone_of(database, "li")
    load(database, DEMO.replace(before, "13800000099"))
    load(database, DEMO.replace(before, "13800000099"))
    with database.reading() as (session, _):
        rows = history(session, "staff", "li")
        trail = audit.last(session, word="载入乡镇文件")
    assert [row.value["phone"] for row in rows if row.value] == [before, "13800000099"]
    assert len(trail) == 2
    assert "13800000099" in trail[0].detail


def test_what_the_file_drops_is_taken_back_not_erased(database: Database) -> None:
    load(database, DEMO)
    place = '[[place]]\nid = "zhangjiawan"\nname = "张家湾"\nunit = "shiqiang-4"\n'
    assert place in DEMO
    load(database, DEMO.replace(place, ""))
    assert "zhangjiawan" not in town.check(town.export(database))["place"]
    with database.reading() as (session, _):
        assert [
            row.value and row.value["name"] for row in history(session, "place", "zhangjiawan")
        ] == [
            "张家湾",
            None,
        ]


@pytest.mark.parametrize(
    ("kind", "identity", "value"),
    [
        ("staff", "li", {**LI, "phone": "13800000077"}),
        ("staff", "newcomer", {"name": "新来的", "userid": "newcomer", "posts": []}),
        ("place", "zhangjiawan", None),
    ],
)
def test_a_load_stops_at_what_was_changed_in_chat(
    database: Database, kind: str, identity: str, value: dict[str, Any] | None
) -> None:
    load(database, DEMO)
    in_chat(database, kind, identity, value)
    before = town.export(database)

    other = DEMO.replace('notice = "青石镇', 'notice = "新公告：青石镇')
    plan = load(database, other)
    assert [(change.kind, change.id) for change in plan.blocked] == [(kind, identity)]
    assert town.export(database) == before

    load(database, other, overwrite=True)
    assert town.check(town.export(database)) == town.check(other)


def test_a_load_of_the_export_takes_the_chat_changes_over(database: Database) -> None:
    load(database, DEMO)
    in_chat(database, "staff", "li", {**LI, "phone": "13800000077"})
    exported = town.export(database)
    assert load(database, exported).adopted == (("staff", "li"),)
    plan = load(database, exported.replace("13800000077", "13800000078"))
    assert plan.blocked == ()
    assert phone_of(database, "li") == "13800000078"


def test_the_towns_own_words_are_no_part_of_the_file(database: Database) -> None:
    load(database, DEMO)
    in_chat(database, "rule", "路灯杆", {"target": "topic:路灯", "word": "路灯杆"})
    assert load(database, town.export(database)) == townfile.Plan()
    with database.reading() as (session, _):
        assert len(history(session, "rule", "路灯杆")) == 1
