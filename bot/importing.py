"""A spreadsheet of matters, as CSV: each row goes through the same door as 登记 in the chat.

Columns by their names: 内容 (must be), 地点, 姓名, 电话, 渠道. A row that was imported before from the
same person with the same words is not opened again.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.service import Service
from handlers.message import Incoming

COLUMNS = ("内容", "地点", "姓名", "电话", "渠道")


class WrongSheet(ValueError):
    """The file is no sheet that can be imported; the message says why."""


def rows(content: bytes) -> Iterator[dict[str, str]]:
    """The rows of a CSV file as Excel or WPS writes it: UTF-8 or GB 18030."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    if "内容" not in (reader.fieldnames or ()):
        raise WrongSheet(f"第一行要写列名，至少有“内容”；可以有：{'、'.join(COLUMNS)}")
    for row in reader:
        found = {name: " ".join((row.get(name) or "").split()) for name in COLUMNS}
        if found["内容"]:
            yield found


def line(row: dict[str, str]) -> str:
    """The row as it would be said in the chat."""
    where = "" if row["地点"] in row["内容"] else row["地点"]
    who = " ".join(filter(None, (row["姓名"], row["电话"])))
    return " ".join(filter(None, ("登记", row["渠道"] or "来访", who, where + row["内容"])))


async def bring_in(service: Service, userid: str, content: bytes) -> list[str]:
    """Register every row in this person's name; the answers, one for each row."""
    answers = []
    for row in list(rows(content)):
        said = line(row)
        digest = hashlib.sha256(said.encode()).hexdigest()[:24]
        key = f"import:{userid}:{digest}"
        incoming = Incoming("wecom", "import", userid, key, "text", datetime.now(UTC), said)
        reply = await service.receive(incoming)
        answers.append(reply.text if reply is not None else "")
    return answers
