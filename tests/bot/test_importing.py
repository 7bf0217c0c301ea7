"""A spreadsheet of matters goes through the same door as 登记 in the chat."""

from __future__ import annotations

import asyncio

import pytest

from bot.importing import WrongSheet, bring_in, line, rows
from tests.village import Village

SHEET = """内容,地点,姓名,电话,渠道
路灯坏了,石墙村三组,王大爷,13800001234,电话
石墙村一组水渠堵了,石墙村一组,,,走访
,,,,
"""


def test_rows_become_words() -> None:
    assert [line(row) for row in rows(SHEET.encode())] == [
        "登记 电话 王大爷 13800001234 石墙村三组路灯坏了",
        "登记 走访 石墙村一组水渠堵了",
    ]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030"])
def test_as_excel_and_wps_write_it(code: str) -> None:
    assert len(list(rows(SHEET.encode(code)))) == 2


def test_a_sheet_without_names_is_none() -> None:
    with pytest.raises(WrongSheet, match="内容"):
        list(rows(b"a,b\n1,2\n"))


def test_each_row_is_a_case_once(village: Village) -> None:
    for _ in range(2):
        answers = asyncio.run(bring_in(village.service, "wang", SHEET.encode()))
        assert [answer[:13] for answer in answers] == [
            "已登记，编号 1001（诉",
            "已登记，编号 1002（诉",
        ]
    found = village.rows("SELECT number, channel, lead_post FROM cases ORDER BY number")
    assert found == [(1001, "phone", "shiqiang-g3"), (1002, "walk", "shiqiang-g1")]
    assert "王大爷 138****1234（电话）" in village.says("li", "查 1001")


def test_who_is_not_of_the_staff_registers_nothing(village: Village) -> None:
    answers = asyncio.run(bring_in(village.service, "ghost", SHEET.encode()))
    assert all("还没有登记为工作人员" in answer for answer in answers)
    assert village.rows("SELECT count(*) FROM cases") == [(0,)]
