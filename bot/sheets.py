"""A spreadsheet as rows of words: .xlsx, or .csv in whatever code Excel and WPS write it.

It comes from a phone and is read with care: nothing is unpacked beyond a limit, whatever the archive
says of itself; no DTD is read; formulas are not worked, what they came to is taken.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from handlers.staff.tables import Unread

LARGEST: Final = 2_000_000  # bytes of the file
UNPACKED: Final = 4_000_000  # … and of one part of it
ROWS: Final = 1_000
COLUMNS: Final = 40
CELL: Final = 2_000  # characters

Row = tuple[int, tuple[str, ...]]  # its number in the sheet, and what stands in its cells

_CODES: Final = ("utf-8-sig", "gb18030")
_BETWEEN: Final = ",\t;"
_COLUMN: Final = re.compile(r"[A-Z]{1,3}")
# the root comes first: then there is no DTD, hence no entity to expand
_PLAIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<[A-Za-z]")
_BROKEN: Final = (
    BadZipFile, ElementTree.ParseError, EOFError, KeyError, NotImplementedError, RuntimeError,
    ValueError, zlib.error,
)  # fmt: skip


class Unreadable(Exception):
    """Not read, and why."""

    def __init__(self, why: Unread) -> None:
        super().__init__(why)
        self.why = why


def read(content: bytes, form: str) -> list[Row]:
    """The rows in which something stands. Raises `Unreadable`."""
    if len(content) > LARGEST:
        raise Unreadable("too_large")
    found: list[Row] = []
    for number, cells in (_xlsx if form == "xlsx" else _csv)(content):
        row = tuple(" ".join(cell[:CELL].split()) for cell in cells[:COLUMNS])
        if not any(row):
            continue
        if len(found) == ROWS:
            raise Unreadable("too_large")
        found.append((number, row))
    return found


# --- csv -----------------------------------------------------------------------------------------


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = _decoded(content)
    head = text.partition("\n")[0]
    between = max(_BETWEEN, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    try:
        yield from enumerate(lines, 1)
    except csv.Error:
        raise Unreadable("no_sheet") from None


def _decoded(content: bytes) -> str:
    codes = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _CODES
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("no_sheet")


# --- xlsx ----------------------------------------------------------------------------------------


def _xlsx(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """The first sheet that is shown."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            path = _first_sheet(archive)
            strings = _strings(archive)
            yield from _rows(_part(archive, path), strings)
    except _BROKEN:
        raise Unreadable("no_sheet") from None


def _part(archive: ZipFile, name: str) -> bytes:
    """One part, so far as it may be unpacked."""
    with archive.open(name) as packed:
        content = packed.read(UNPACKED + 1)
    if len(content) > UNPACKED:
        raise Unreadable("too_large")
    if _PLAIN.match(content) is None:
        raise Unreadable("no_sheet")
    return content


def _first_sheet(archive: ZipFile) -> str:
    shown = (
        next(value for name, value in sheet.attrib.items() if _local(name) == "id")
        for sheet in _elements(_part(archive, "xl/workbook.xml"))
        if _local(sheet.tag) == "sheet" and sheet.get("state", "visible") == "visible"
    )
    wanted = next(shown, None)
    for link in _elements(_part(archive, "xl/_rels/workbook.xml.rels")):
        if wanted is not None and link.get("Id") == wanted:
            return posixpath.normpath(posixpath.join("/xl", link.get("Target", "")))[1:]
    raise Unreadable("no_sheet")


def _strings(archive: ZipFile) -> list[str]:
    """What cells point to, without how it is pronounced (rPh)."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    found: list[str] = []
    for element in _elements(_part(archive, name)):
        if _local(element.tag) == "si":
            found.append(_text(element))
            element.clear()
    return found


def _rows(sheet: bytes, strings: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    number = 0
    for element in _elements(sheet):
        if _local(element.tag) != "row":
            continue
        number = int(element.get("r") or number + 1)
        cells = [""] * COLUMNS
        place = -1
        for cell in element:
            place = _place(cell.get("r", ""), place + 1)
            if place < COLUMNS:
                cells[place] = _value(cell, strings)
        yield number, cells
        element.clear()


def _place(name: str, following: int) -> int:
    """B7 → 1; a cell without a name follows the one before."""
    found = _COLUMN.match(name)
    if found is None:
        return following
    place = 0
    for letter in found[0]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: ElementTree.Element, strings: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = next((each.text or "" for each in cell if _local(each.tag) == "v"), "")
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    if kind == "e":
        return ""
    return _whole(value) if kind == "n" and value else value


def _whole(value: str) -> str:
    """13800000000 however it is written: 1.38E10."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _text(element: ElementTree.Element) -> str:
    if _local(element.tag) == "rPh":
        return ""
    own = element.text or "" if _local(element.tag) == "t" else ""
    return own + "".join(map(_text, element))


def _elements(part: bytes) -> Iterator[ElementTree.Element]:
    """Each element when it ends, what is inside it before it."""
    for _, element in ElementTree.iterparse(io.BytesIO(part)):  # noqa: S314  (without a DTD)
        yield element


def _local(name: str) -> str:
    return name.rpartition("}")[2]
