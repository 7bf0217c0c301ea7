"""Tables as they come from a phone: Excel's, WPS's, by hand; and those that somebody made to do harm."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.sheets import COLUMNS, ROWS, UNPACKED, Unreadable, read

BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
<sheet name="hidden" sheetId="1" state="hidden" r:id="rId1"/><sheet name="民情" sheetId="2" r:id="rId2"/>
</sheets></workbook>"""
LINKS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="{target}"/>
</Relationships>"""
STRINGS = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>姓名</t></si>
<si><r><t>路灯</t></r><r><t>坏了</t></r><rPh sb="0" eb="1"><t>ludeng</t></rPh></si></sst>"""


def workbook(rows: str, strings: str = STRINGS, target: str = "worksheets/sheet2.xml") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.format(target=target))
        archive.writestr("xl/sharedStrings.xml", strings)
        archive.writestr("xl/worksheets/sheet2.xml", sheet(rows))
    return packed.getvalue()


def sheet(rows: str) -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'


@pytest.mark.parametrize("target", ["worksheets/sheet2.xml", "/xl/worksheets/sheet2.xml"])
def test_a_workbook(target: str) -> None:
    rows = """
    <row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><t> 电话 </t></is></c></row>
    <row r="5"><c r="A5" t="str"><f>B1</f><v>王大爷</v></c><c r="B5"><v>1.3800001234E10</v></c>
     <c r="C5" t="s"><v>1</v></c><c r="D5"><v>2.5</v></c><c r="E5" t="e"><v>#REF!</v></c></row>
    <row><c/></row><row><c><v>7</v></c></row>"""
    found = [(number, row[:4]) for number, row in read(workbook(rows, target=target), "xlsx")]
    assert found == [
        (2, ("姓名", "", "电话", "")),
        (5, ("王大爷", "13800001234", "路灯坏了", "2.5")),
        (7, ("7", "", "", "")),
    ]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_a_csv_in_whatever_code(code: str, between: str) -> None:
    text = f'姓名{between}事项\r\n\r\n王大爷{between}"路灯坏了\n两盏"\r\n'
    assert read(text.encode(code), "csv") == [
        (1, ("姓名", "事项")),
        (3, ("王大爷", "路灯坏了 两盏")),
    ]


def test_a_bomb_is_not_unpacked() -> None:
    bomb = workbook("", strings=f"<sst>{' ' * (UNPACKED + 1)}</sst>")
    assert len(bomb) < 20_000
    with pytest.raises(Unreadable, match="too_large"):
        read(bomb, "xlsx")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'


@pytest.mark.parametrize(
    "content",
    [
        workbook("", strings=ENTITIES),
        workbook('<row r="1"><c t="n"><v>x</v></c></row>'),
        workbook("<row>"),
        workbook("", target="worksheets/none.xml"),
        workbook("")[:200],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"",
    ],
)
def test_what_is_no_workbook(content: bytes) -> None:
    with pytest.raises(Unreadable, match="no_sheet"):
        read(content, "xlsx")


@pytest.mark.parametrize("content", [b"\x00" * 9, b"\xff\xff\xff"])
def test_what_is_no_csv(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content, "csv")


def test_no_more_rows_and_columns_than_a_list_has() -> None:
    with pytest.raises(Unreadable, match="too_large"):
        read(b"x\n" * (ROWS + 1), "csv")
    with pytest.raises(Unreadable, match="too_large"):
        read(b"x" * 2_000_001, "csv")
    far = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
    assert read(workbook(far), "xlsx") == [(1, ("1", *[""] * (COLUMNS - 1)))]
