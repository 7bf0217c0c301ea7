"""The trail from the command line: whole or not, written out; and what the law takes from it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from bot import trail
from storage import audit
from storage.database import Moment
from storage.session import WriteSession
from tests.village import Village


@pytest.fixture
def told(village: Village) -> Village:
    """A case of which staff spoke, and a trail that is sealed."""
    village.says("zhang", "石墙村三组路灯坏了，我是王桂花")
    village.says("li", "接单 1001")
    village.says("wang", "督办 1001 快点")
    village.change(_seal)
    return village


def _seal(session: WriteSession, begun: Moment) -> None:
    audit.seal(session, begun.now)


def _tamper(village: Village, trigger: str, statement: str) -> None:
    """Somebody with the database in their hands takes the guard away, and writes."""

    def work(session: WriteSession, _: Moment) -> None:
        session.execute(sa.text(f"DROP TRIGGER {trigger}"))
        session.execute(sa.text(statement))

    village.change(work)


def test_a_whole_trail(told: Village) -> None:
    whole, sentence = trail.verify(told.database)
    assert whole
    assert sentence.startswith("whole: 3 lines, chain ")


def test_nothing_is_sealed_yet(village: Village) -> None:
    assert trail.verify(village.database) == (True, "whole: nothing is sealed yet")


@pytest.mark.parametrize(
    ("trigger", "statement"),
    [
        ("audit_no_update", "UPDATE audit SET actor = 'staff:zhao' WHERE id = 2"),
        ("audit_no_update", "UPDATE audit SET at = at + 1 WHERE id = 2"),
        ("audit_no_rewrite", "UPDATE audit SET detail = '接单 1002' WHERE id = 2"),
        ("audit_no_delete", "DELETE FROM audit WHERE id = 2"),
    ],
)
def test_tampering_is_found(told: Village, trigger: str, statement: str) -> None:
    _tamper(told, trigger, statement)
    whole, sentence = trail.verify(told.database)
    assert not whole
    assert sentence == "broken: a line up to 3 was changed, added or taken away"


def test_it_is_written_out(told: Village) -> None:
    lines = [json.loads(line) for line in trail.export(told.database, "")]
    assert [line["act"] for line in lines if not line["sealed"]][1:] == ["接单", "督办"]
    assert [line["last"] for line in lines if line["sealed"]] == [3]
    about = [json.loads(line) for line in trail.export(told.database, "wang")]
    assert [line["act"] for line in about if not line["sealed"]] == ["督办"]


def test_what_goes_by_law_leaves_the_chain_whole(told: Village) -> None:
    told.says("zhao", "/依法删除 1001 本人书面申请")
    told.says("zhao", "确认")
    told.change(_seal)
    assert trail.verify(told.database)[0]
    for table, column in (("cases", "text"), ("case_event", "text"), ("message", "text"),
                          ("outbox", "text"), ("audit", "detail")):  # fmt: skip
        left = told.rows(f"SELECT count(*) FROM {table} WHERE {column} LIKE '%王桂花%'")
        assert left == [(0,)], table
    acts = told.rows("SELECT actor, act FROM audit WHERE target = '1001' ORDER BY id")
    assert [tuple(row) for row in acts] == [
        ("staff:li", "接单"), ("staff:wang", "督办"), ("staff:zhao", "依法删除"),
    ]  # fmt: skip
