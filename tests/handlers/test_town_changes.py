"""The town changes while cases are open: nothing breaks, nobody is left without an answer."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Moment
from storage.session import WriteSession
from storage.town import put
from tests.village import Village

LAMP = "石墙村三组路灯坏了"


def change(village: Village, kind: str, identity: str, value: dict[str, Any] | None) -> None:
    def work(session: WriteSession, begun: Moment) -> None:
        put(session, kind, identity, value, source="file", by="test", now=begun.now)

    village.change(work)


@pytest.fixture
def gone(village: Village) -> Village:
    """A case of li's, whose post is then taken out of the town, and li with it."""
    assert "李守田" in village.says("zhang", LAMP)
    village.hears("li")
    change(village, "post", "shiqiang-g3", None)
    change(village, "staff", "li", None)
    return village


def test_the_intake_answers_for_a_post_that_is_gone(gone: Village) -> None:
    assert "负责人：受理岗赵国平（电话 13800000001）" in gone.says("zhang", "查1001")
    assert "已帮您催了受理岗赵国平" in gone.says("zhang", "催1001")
    assert ["【催办】编号 1001" in letter.text for letter in gone.hears("zhao")] == [True]
    assert "已接单，编号 1001" in gone.says("zhao", "接单 1001")
    assert "已答复群众" in gone.says("zhao", "回复 1001 明天派人去")
    assert ["赵国平说：明天派人去" in letter.text for letter in gone.hears("zhang")] == [True]


def test_it_climbs_as_every_other_case(gone: Village, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        gone.advance(timedelta(days=4))
    assert caplog.records == []
    assert any("【超期提级】编号 1001" in letter.text for letter in gone.hears("zhao"))
    assert "群众工作办公室高志远" in gone.says("zhang", "查1001")


def test_a_new_case_goes_to_who_is_there(gone: Village) -> None:
    assert "石墙村书记王德厚" in gone.says("wangbo", LAMP)


def test_a_person_who_leaves_takes_no_case_along(village: Village) -> None:
    village.says("zhang", LAMP)
    village.hears("li")
    assert "已加" in village.says("zhao", "/人员 加 sunli 孙丽 石墙村三组")
    assert "已停：李守田" in village.says("zhao", "/人员 停 李守田")
    assert "1001 诉求·路灯" in village.says("sunli", "待办")
    assert "孙丽" in village.says("zhang", "查1001")


def test_what_did_not_change_is_not_made_again(village: Village) -> None:
    village.says("zhao", "/公告 周二停水")
    before = village.book
    village.says("zhao", "/公告 周三停水")
    assert village.book.revision != before.revision
    assert village.book.answers is before.answers
    village.says("zhao", "/答案 停 高龄补贴")
    assert village.book.answers is not before.answers
    assert village.book.reader is before.reader
