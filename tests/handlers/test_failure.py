"""A handler that fails: nothing is lost, somebody is told, it is tried again three times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager.conversation import converse
from tests.village import Village

LAMP = "石墙村三组路灯坏了"
KIND = "您的话收到了，已经留存。系统出了点小问题，我们会尽快处理，不用重发。"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Whose words fail, after they have written something."""
    people = {"zhang"}

    def fails(turn: Turn) -> Reply:
        reply = converse(turn)
        if turn.incoming.sender in people:
            raise RuntimeError("out of order")
        return reply

    monkeypatch.setattr("handlers.dispatch.converse", fails)
    return people


def messages(village: Village) -> list[tuple[str, int]]:
    return [tuple(row) for row in village.rows("SELECT state, attempts FROM message ORDER BY id")]


def cases(village: Village) -> int:
    return int(village.rows("SELECT count(*) FROM cases")[0][0])


def test_the_message_stays_and_somebody_is_told(village: Village, broken: set[str]) -> None:
    assert village.says("zhang", LAMP) == KIND
    assert messages(village) == [("failed", 1)]
    assert cases(village) == 0, "what the handler wrote is rolled back"
    assert [str(letter) for letter in village.hears("zhao")] == [
        "03-02 09:00 第 1 号来信处理出错，已留存，会自动再试。请留意：/待办"
    ]
    assert "第 1 号来信处理出错" in village.says("zhao", "/待办")
    assert village.letters == []


def test_it_is_tried_again_and_then_answered(village: Village, broken: set[str]) -> None:
    village.says("zhang", LAMP)
    village.hears("zhao")
    broken.clear()
    village.wall += timedelta(seconds=31)
    village.sweep()
    assert messages(village) == [("done", 2)]
    assert ["您说的事记下了，编号 1001" in letter.text for letter in village.hears("zhang")] == [
        True
    ]
    assert len(village.hears("li")) == 1


def test_after_three_times_it_is_given_up(village: Village, broken: set[str]) -> None:
    village.says("zhang", LAMP)
    for wait in (timedelta(seconds=31), timedelta(minutes=6), timedelta(hours=1)):
        village.wall += wait
        village.sweep()
    assert messages(village) == [("given_up", 3)]
    assert len(village.hears("zhao")) == 2, "once that it failed, once that it was given up"
    assert "试了三次都没处理成" in village.says("zhao", "/待办")
    assert cases(village) == 0


def test_a_delivery_of_the_same_message_is_no_second_try(
    village: Village, broken: set[str]
) -> None:
    assert village.says("zhang", LAMP, key="same") == KIND
    assert village.says("zhang", LAMP, key="same") == KIND
    assert messages(village) == [("failed", 1)]


def test_one_persons_failure_is_not_the_others(village: Village, broken: set[str]) -> None:
    assert village.says("zhang", LAMP) == KIND
    assert "编号 1001" in village.says("wangbo", LAMP)
