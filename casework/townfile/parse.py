"""TOML text → entries, or everything that is wrong with it in plain Chinese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from typing import Any

from casework.townfile.check import problems
from casework.townfile.schema import KINDS, Entries, Problem, TownFileError, close

# What the TOML reader says → what the writer of the file should do.
SAYINGS = (
    ("Expected '=' after a key", "这里要写成 键 = 值，缺了等号"),
    ("Expected newline or end of document", "一行只能写一个 键 = 值，请看引号、逗号是否配对"),
    ("Expected ']]'", "表头要用两层方括号收尾，例如 [[unit]]"),
    ("Expected ']'", "表头的方括号没有收尾"),
    ("Invalid initial character for a key", "键要用英文字母，或者引号、括号没有配对"),
    ("Invalid statement", "这一行看不懂；键要用英文字母，说明文字前要加 #"),
    ("Invalid value", "值写得不对；文字要加英文双引号"),
    ("Unclosed array", "方括号 [ 没有收尾，或者两项之间缺逗号"),
    ("Unclosed inline table", "花括号 { 没有收尾，或者两项之间缺逗号"),
    ("Unterminated string", "文字后面缺了收尾的双引号"),
    ("Illegal character", "文字后面缺了收尾的双引号，或者混进了看不见的字符"),
    ("Expected '\"", "文字后面缺了收尾的双引号"),
    ("Unescaped '\\'", "文字里的反斜杠 \\ 要写成 \\\\"),
    ("Cannot overwrite a value", "同一个键写了两次，请删去一个"),
    ("Duplicate inline table key", "同一个键写了两次，请删去一个"),
    ("Cannot declare", "同一个表头写了两次；多条要用两层方括号，例如 [[unit]]"),
    ("Found invalid character", "混进了看不见的字符，请把这一行重写一遍"),
    ("Invalid date", "日期写得不对；文字要加英文双引号"),
)
KEY_LINE = re.compile(r"^(key)\s*=.*")  # what stands there is a secret, well written or not
FULL_WIDTH = "“”＝［］，｛｝"


def parse(
    source: str,
    topics: Collection[str] | None = None,
    methods: Collection[str] | None = None,
) -> Entries:
    """The entries of a town file. Raises `TownFileError` with all problems that it has.

    `topics` and `methods`, where given, are the names that departments and the town may use.
    """
    source = source.removeprefix("\ufeff")
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise TownFileError((_syntax(source, str(error)),)) from None
    entries, found = _entries(document)
    found += problems(entries, topics, methods)
    if found:
        raise TownFileError(tuple(found))
    return entries


def _syntax(source: str, message: str) -> Problem:
    saying = next((chinese for start, chinese in SAYINGS if message.startswith(start)), "写法不对")
    lines = source.splitlines() or [""]
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if place is None:
        return Problem("", "", "", f"第 {len(lines)} 行（文件末尾）：{saying}。")
    line = KEY_LINE.sub(r"\1 = …", lines[min(int(place[1]), len(lines)) - 1].strip())
    wide = "（看看是不是用了中文的引号、等号或逗号）" if set(line) & set(FULL_WIDTH) else ""
    return Problem("", "", "", f"第 {place[1]} 行第 {place[2]} 列：{saying}{wide}：{line[:60]}")


def _entries(document: dict[str, Any]) -> tuple[Entries, list[Problem]]:
    entries: Entries = {kind: {} for kind in KINDS}
    found = []
    for table, content in document.items():
        if table not in KINDS:
            found.append(Problem("", "", "", _unknown_table(table, content)))
        elif table == "town":
            found += _town(entries, content)
        elif not _is_tables(content):
            text = f"[{table}] 要写成两层方括号 [[{table}]]，每条一节。"
            found.append(Problem("", "", "", text))
        else:
            for position, row in enumerate(content, 1):
                found += _row(entries, table, position, row)
    return entries, found


def _unknown_table(table: str, content: Any) -> str:
    if not isinstance(content, dict) and not _is_tables(content):
        return f"{table} 不在任何一节里；请移到它所属的表头下面，例如 [town]。"
    return f"没有 [[{table}]] 这种表{close(table, KINDS)}；可用的是 {'、'.join(KINDS)}。"


def _is_tables(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(row, dict) for row in content)


def _town(entries: Entries, content: Any) -> list[Problem]:
    if not isinstance(content, dict):
        return [Problem("", "", "", "一个文件只写一个乡镇；请写成一层方括号 [town]，只写一次。")]
    return _row(entries, "town", 1, content)


def _row(entries: Entries, table: str, position: int, row: dict[str, Any]) -> list[Problem]:
    values = dict(row)
    identity = values.pop("id", None)
    if not isinstance(identity, str) or not identity.strip():
        name = next((v for v in values.values() if isinstance(v, str)), "")
        where = f"第 {position} 条" + (f"（{name}）" if name else "")
        text = f'{where}没有 id；请加一个不会再改的英文代号，例如 id = "{table}-{position}"。'
        return [Problem(table, "", "id", text)]
    if identity in entries[table]:
        text = f"第 {position} 条的 id 前面已经用过；请给它换一个。"
        return [Problem(table, identity, "id", text)]
    entries[table][identity] = values
    return []
