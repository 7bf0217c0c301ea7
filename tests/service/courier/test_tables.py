"""A table that staff send on 企业微信: fetched, read, shown, and not kept."""

from __future__ import annotations

import pytest

from bot.channels.wecom.parse import parse
from bot.platform.api import TencentApi
from tests.bot.test_sheets import workbook
from tests.service.courier.office import PostOffice

pytestmark = pytest.mark.anyio

ROWS = """<row r="1"><c t="inlineStr"><is><t>姓名</t></is></c><c t="inlineStr"><is><t>诉求内容</t></is></c></row>
<row r="2"><c t="inlineStr"><is><t>王大爷</t></is></c><c t="inlineStr"><is><t>石墙村三组路灯坏了</t></is></c></row>
<row r="3"><c t="inlineStr"><is><t>李婶</t></is></c></row>"""


async def sends_file(office: PostOffice, who: str, name: str) -> str:
    xml = office.corp.xml(who, "file", MediaId="table-1", FileName=name)
    reply = await office.service.receive(parse(xml.encode()))
    await office.sends()
    return reply.text if reply else ""


async def test_a_table_becomes_a_list_of_matters(office: PostOffice, tencent: TencentApi) -> None:
    tencent.media["table-1"] = (workbook(ROWS), "application/octet-stream", "list.xlsx")
    assert "表格收到" in await sends_file(office, "li", "list.xlsx")
    (shown,) = office.arrived("li")
    assert "读成1件" in shown
    assert "2. 路灯，石墙村三组" in shown
    assert "第3行：没写什么事" in shown
    assert office.rows("SELECT * FROM cases") == []
    assert "已登记1件：1001" in await office.says("li", "确认")
    (row,) = office.rows("SELECT state, path FROM attachment")
    assert row == {"state": "removed", "path": ""}
    assert not [file for file in office.media.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04", "这个文件打不开"), (bytes(2_000_001), "这个表格太大")],
)
async def test_a_table_that_cannot_be_read(
    office: PostOffice, tencent: TencentApi, content: bytes, words: str
) -> None:
    tencent.media["table-1"] = (content, "application/octet-stream", "list.xlsx")
    await sends_file(office, "li", "list.xlsx")
    (shown,) = office.arrived("li")
    assert words in shown


async def test_other_tables_and_strangers(office: PostOffice, tencent: TencentApi) -> None:
    tencent.media["table-1"] = (workbook(ROWS), "application/octet-stream", "list.xlsx")
    assert "另存为 .xlsx" in await sends_file(office, "li", "民情.xls")
    assert "表格收到" not in await sends_file(office, "nobody", "list.xlsx")
    assert office.arrived("nobody") == []
