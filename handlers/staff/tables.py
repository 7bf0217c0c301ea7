"""A table 表格 that staff send as a file: its rows become a list of matters (`lists`).

The platform gives the file a moment later; then what was read is shown to who sent it, and waits
for their 确认. The file itself is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, cast

from casework.rights import Actor
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import Told
from handlers.staff import lists
from handlers.staff.lists import Entries
from handlers.staff.registering import CHANNELS, PHONE, channel_of, told_of
from handlers.turn import Occasion, Turn
from storage import incoming, media, pending
from storage.book import Book
from storage.database import Moment
from storage.message import AttachmentRow
from storage.record import Letter, post
from storage.session import ReadSession, WriteSession

Unread = Literal["no_sheet", "too_large"]  # why a file was not read
Rows = Sequence[tuple[int, tuple[str, ...]]]  # by number, what stands in each cell

FORMATS: Final = frozenset({"xlsx", "csv"})
OTHERS: Final = frozenset({"xls", "et", "ods", "numbers"})  # tables that are not read here
BELONGS: Final = timedelta(minutes=10)  # so long a file belongs to the case that was spoken of
HEAD: Final = 6  # in so many rows the heading is looked for
LONGEST: Final = 1_000  # characters of one matter
SHORTEST: Final = 2

# What a column's heading ends with → what stands in it; the longest ending counts.
COLUMNS: Final[Mapping[str, str]] = {
    ending: part
    for part, endings in {
        "text": "事项 诉求 问题 内容 反映 情况 需求 建议 意见 描述 民情",
        "name": "姓名 反映人 诉求人 联系人 来访人 来电人 当事人 群众 村民",
        "phone": "电话 手机 手机号 号码 联系方式",
        "place": "地点 地址 住址 位置 村 组 村组 社区 网格 小区",
        "channel": "来源 渠道 途径 反映方式 受理方式 登记方式 反映形式",
        "": "办理情况 处理情况 落实情况 完成情况 办结情况 处理意见 领导意见 承办人姓名 责任人姓名 事项编号",
    }.items()
    for ending in endings.split()
}
# a row is the heading if one of these stands in it, as such
HEADINGS: Final = {
    *COLUMNS, "序号", "联系电话", "诉求内容", "诉求事项", "反映内容", "反映问题", "问题描述", "具体问题", "主要诉求",
    "事项内容", "群众诉求", "村民诉求",
}  # fmt: skip
_BRACKETS: Final = re.compile(r"[（(].*?[）)]|\s")


# --- it is sent ----------------------------------------------------------------------------------


def sent(turn: Turn) -> Reply | None:
    """A table comes. None where it is no table, or belongs to the case that was just spoken of."""
    medium = turn.incoming.attachment
    if medium is None or medium.kind != "file" or medium.format not in FORMATS | OTHERS:
        return None
    since = turn.now - BELONGS
    if not _asked_for(turn) and incoming.last_about(turn.session, turn.incoming.person, since):
        return None
    if medium.format in OTHERS:
        return Reply(say("register.table_other"))
    pending.drop(turn.session, turn.incoming.person)
    return Reply(say("register.table_received"))


def _asked_for(turn: Turn) -> bool:
    """登记, and nothing else, was said before."""
    question = pending.waiting(turn.session, turn.incoming.person, turn.now)
    return question is not None and question.kind == "ask" and question.data["command"] == "登记"


def is_list(row: AttachmentRow, channel: str) -> bool:
    """True for a file that was sent as a list of matters."""
    return channel == "wecom" and row.format in FORMATS and row.case_number is None


# --- it is here ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What who sent it reads, and what waits for their 确认."""

    person: str
    text: str
    waits: Mapping[str, Any] | None = None


def read(
    session: ReadSession, begun: Moment, book: Book, row: AttachmentRow, rows: Rows | Unread
) -> Shown | None:
    """What a table comes to; `rows` may be why it cannot be read. None: nobody of the staff sent it."""
    person = media.sender(session, row)
    staff = book.town.by_userid.get(person.split(":", 2)[-1].lower())
    if staff is None:
        return None
    if isinstance(rows, str):
        return Shown(person, say(f"register.table_{rows}"))
    occasion = Occasion(
        actor=Actor(f"staff:{staff.id}", staff=staff), now=begun.now, wall=begun.wall, book=book,
        session=cast(WriteSession, session), origin=f"a{row.id}",
    )  # fmt: skip
    entries = entries_of(rows)
    try:
        text = lists.preview(occasion, entries)
    except Sorry as sorry:
        return Shown(person, str(sorry))
    waits = {
        "command": "登记", "rest": "", "slash": False, "told": lists.kept(entries),
        "line": say("register.table_line", count=len(entries.told)),
    }  # fmt: skip
    return Shown(person, text, waits)


def show(session: WriteSession, begun: Moment, row: AttachmentRow, shown: Shown | None) -> None:
    """It is told, and asked; the file has done what it came for."""
    media.removed(session, [row.id or 0], "read as a list")
    if shown is None:
        return
    if shown.waits is not None:
        pending.put(session, shown.person, "confirm", dict(shown.waits), begun.now)
    channel, account, sender = shown.person.split(":", 2)
    key = f"table:{row.id}"
    letter = Letter(channel, account, sender, key, shown.text, "urgent", begun.now)
    post(session, [letter], begun.now, begun.wall)


# --- its rows ------------------------------------------------------------------------------------


def entries_of(rows: Rows) -> Entries:
    """By the headings, where there are any; otherwise each row is read as a line of a list."""
    entries = Entries()
    parts, first = _heading(rows)
    for number, cells in rows[first:]:
        try:
            told = _by_columns(parts, cells) if parts else _as_line(cells)
        except Sorry as sorry:
            entries.wrong[number] = str(sorry)
            continue
        if told is not None:
            entries.add(number, told)
    return entries


def _heading(rows: Rows) -> tuple[list[str], int]:
    """What stands in each column, and the row in which the matters begin."""
    for index, (_, cells) in enumerate(rows[:HEAD]):
        parts = [_part(cell) for cell in cells]
        if "text" in parts and not HEADINGS.isdisjoint(map(_bare, cells)):
            return parts, index + 1
    return [], 0


def _bare(heading: str) -> str:
    return _BRACKETS.sub("", heading)


def _part(heading: str) -> str:
    bare = _bare(heading)
    fit = [ending for ending in COLUMNS if bare.endswith(ending)]
    return COLUMNS[max(fit, key=len)] if fit else ""


def _by_columns(parts: Sequence[str], cells: Sequence[str]) -> Told | None:
    """None for a row in which nothing is told: 合计, a number alone."""
    found: dict[str, list[str]] = {}
    for part, cell in zip(parts, cells, strict=False):
        if part and cell:
            found.setdefault(part, []).append(cell)
    if not found:
        return None
    text = "；".join(found.get("text", ()))
    if len(text) < SHORTEST:
        raise Sorry(say("register.row_empty"))
    place = "".join(found.get("place", ()))
    if place and place not in text:
        text = f"{place}，{text}"
    if len(text) > LONGEST:
        raise Sorry(say("register.row_long", most=LONGEST))
    phone = PHONE.search(" ".join(found.get("phone", ())))
    way = "".join(found.get("channel", ()))
    channel = next((CHANNELS[word] for word in CHANNELS if word in way), "meeting")
    name = "".join(found.get("name", ()))[:20]
    return Told(channel, name, phone[1] if phone is not None else "", text)


def _as_line(cells: Sequence[str]) -> Told | None:
    """王大爷 13800000000 石墙村三组路灯坏了; the number of the row before it is left out."""
    words = [cell for cell in cells if cell]
    if words[0].isdecimal() and len(words[0]) < 5:
        words = words[1:]
    if not words:
        return None
    channel, line = channel_of(" ".join(words))
    if len(line) > LONGEST:
        raise Sorry(say("register.row_long", most=LONGEST))
    return told_of(channel or "meeting", line)
