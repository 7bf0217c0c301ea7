"""Staff open cases too: 登记 for a call, a visit, the window, a walk, a meeting's list; 苗头; 巡查.

The way in which it came is kept. Name and telephone may be left out. Whoever told it can take the
case over in WeChat later, with the number and the word (认领), and then follow it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.routing import Assignment, level_of
from handlers import telling
from handlers.acting import Confirm, Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import Told, open_told, read_told
from handlers.staff import lists
from handlers.turn import Turn
from handlers.understood import about_a_cadre, danger_words

Given = Mapping[str, Any]
CHANNELS: Final[Mapping[str, str]] = {  # the word that is said → how the matter came
    "电话": "phone", "来电": "phone", "打电话": "phone", "来访": "visit", "上门": "visit",
    "窗口": "window", "大厅": "window", "群聊": "group", "微信群": "group", "群里": "group",
    "走访": "walk", "入户": "walk", "会议": "meeting", "开会": "meeting", "来信": "letter",
    "代报": "walk",
}  # fmt: skip
PHONE: Final = re.compile(r"(?<!\d)(1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")
_TITLE: Final = r"(?:大爷|大娘|大叔|大婶|大妈|大姐|大哥|嫂子|婆婆|奶奶|爷爷|叔|婶|伯|嫂|先生|女士|同志|老师|师傅|老板)"
_NAME: Final = re.compile(
    rf"^([\u4e00-\u9fff]{{1,3}}{_TITLE}|[\u4e00-\u9fff]{{2,4}}(?=\s*[（(]?1\d{{10}}))"
)
# 刚才王大爷打电话来说…, 有群众找我反映…
TOLD_BY: Final = (
    r"^(?:刚才|刚刚|今天|昨天|早上|上午|中午|下午|晚上|有一?个?|一个)*"
    rf"(?P<who>[^\s，,。他她]{{0,5}}?(?:{_TITLE}|群众|村民|老乡|老人|住户|业主|商户))"
    r"(?P<how>[^，,。]{0,6}?(?:电话|来电|来访|上门|来(?:村|镇|办公室|窗口|大厅)|(?:找|跟|给|向|碰到|遇到)我|发来|发的|转来)[^，,。]{0,4}?)"
    r"(?:[:：]|说|反映|反应|讲|投诉|要求|想)[\s，,:：]*(?P<what>.+)$"
)
_TOLD_BY: Final = re.compile(TOLD_BY)
_NUMBERED: Final = re.compile(r"^\s*[\d一二三四五六七八九十]+\s*[.．、)）]\s*")
_BETWEEN: Final = " \t:：,，、。;；()（）"


def register(turn: Turn, given: Given) -> Reply:
    """登记 电话 王大爷 13800000000 石墙村三组路灯坏了; several lines are several matters."""
    lines = [line for line in given["text"].splitlines() if line.strip(_BETWEEN)]
    channel, first = channel_of(lines[0])
    lines = [line for line in (first, *lines[1:]) if line.strip(_BETWEEN)]
    if len(lines) > 1:
        return _register_list(turn, channel or "meeting", lines, bool(given.get("confirmed")))
    if not lines:
        raise Sorry(say("register.what"))
    channel, first = (channel, lines[0]) if channel else _as_told(lines[0])
    return Reply(_open_told(turn, told_of(channel or "walk", first)))


def channel_of(line: str) -> tuple[str, str]:
    """How it came, if the line begins with it, and the rest."""
    line = line.strip(_BETWEEN)
    for word in sorted(CHANNELS, key=len, reverse=True):
        if line.startswith(word):
            return CHANNELS[word], line[len(word) :].strip(_BETWEEN)
    return "", line


def _as_told(line: str) -> tuple[str, str]:
    """王大爷打电话来说他屋头漏水 → how it came, and 王大爷 他屋头漏水."""
    found = _TOLD_BY.match(line)
    if found is None:
        return "", line
    how = next((CHANNELS[word] for word in CHANNELS if word in found["how"]), "")
    named = found["who"] if _NAME.match(found["who"]) else ""
    return how, f"{named} {found['what']}".strip()


def told_of(channel: str, line: str) -> Told:
    """Name and telephone, where they are said, are kept apart from what was told."""
    rest, name, phone = line.strip(_BETWEEN), "", ""
    found = _NAME.match(rest)
    if found is not None:
        name, rest = found[1], rest[found.end() :].strip(_BETWEEN)
    number = PHONE.search(rest)
    if number is not None:
        phone = number[1]
        rest = f"{rest[: number.start()]} {rest[number.end() :]}".strip(_BETWEEN)
    if not rest:
        raise Sorry(say("register.what"))
    return Told(channel, name, phone, rest)


def _register_list(turn: Turn, channel: str, lines: list[str], confirmed: bool) -> Reply:
    """A list pasted from a meeting: shown first, then each is opened."""
    entries = lists.Entries()
    for index, line in enumerate(lines, 1):
        try:
            entries.add(index, told_of(channel, _NUMBERED.sub("", line)))
        except Sorry as sorry:
            entries.wrong[index] = str(sorry)
    if not confirmed:
        raise Confirm(lists.preview(turn, entries))
    line = say("register.list_line", count=len(entries.told))
    return lists.open_all(turn, tuple(entries.told.values()), line)


def _open_told(turn: Turn, told: Told) -> str:
    reading, place = read_told(turn, told.text)
    case = open_told(turn, told, reading, place)
    if case is None:
        authority = turn.town.authority
        return say("villager.report_outside", authority=authority.name, phone=authority.phone)
    sentence = "register.sealed" if case.protected else "register.opened"
    return danger_words(reading) + say(sentence, **telling.case_words(case, turn))


def omen(turn: Turn, given: Given) -> Reply:
    """苗头 石墙村二组两家为田埂吵了几次: nobody has complained yet; it goes into the ledger 稳定."""
    told = Told("omen", "", "", given["text"])
    reading, place = read_told(turn, told.text)
    if about_a_cadre(turn, reading):
        return Reply(_open_told(turn, told))
    omen_of: Given = {"kind": "report", "subkind": "hazard", "ledger": "稳定", "query_word": ""}
    case = open_told(turn, told, reading, place, **omen_of)
    if case is None:
        raise Sorry(say("register.what"))
    said = say("register.omen", **telling.case_words(case, turn))
    return Reply(danger_words(reading) + said)


def inspect(turn: Turn, given: Given) -> Reply:
    """巡查 石墙村三组河边有垃圾: found on a walk; a photo within ten minutes belongs to it."""
    told = Told("inspection", "", "", given["text"])
    reading, place = read_told(turn, told.text)
    if about_a_cadre(turn, reading):
        return Reply(_open_told(turn, told))
    case = open_told(turn, told, reading, place, query_word="")
    if case is None:
        raise Sorry(say("register.what"))
    said = say("register.inspected", **telling.case_words(case, turn))
    return Reply(danger_words(reading) + said)


def at_once(turn: Turn, given: Given) -> Reply:
    """随手办 石墙村三组井盖松动，已扶正: opened and done in one line, in the speaker's own hands."""
    own = [turn.town.posts[post] for post in turn.staff.posts if post in turn.town.posts]
    told = Told("walk", "", "", given["text"])
    reading, place = read_told(turn, told.text)
    if not own or about_a_cadre(turn, reading):
        raise Sorry(say("register.not_at_once"))
    to = Assignment(own[0].id, level_of(turn.town, own[0]), place.unit if place else own[0].unit)
    at_ease: Given = {"query_word": "", "urgency": "ordinary", "recused": frozenset()}
    case = open_told(turn, told, reading, place, to, **at_ease)
    if case is None:
        raise Sorry(say("register.what"))
    perform(turn, "conclude", case, text=told.text)
    return Reply(say("register.done_at_once", **telling.case_words(case, turn)))
