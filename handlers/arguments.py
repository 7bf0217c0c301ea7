"""The arguments of a command, read from what people type: forgiving, and each type in one place.

A reader takes the rest of the line and gives the value and what is left of it; None where the
value is not there. What can be meant in several ways is asked for (`Ask`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from unicodedata import category

from casework import moments
from casework.duration import Duration
from casework.town import Post, Staff, Town, Unit
from handlers import wording
from handlers.acting import Ask, Sorry
from handlers.copy import say
from handlers.turn import Turn
from nlp import pinyin
from nlp.lexicon import shipped
from storage import incoming

ArgumentType = Literal[
    "number",
    "numbers",
    "person",
    "staff",
    "unit",
    "duration",
    "deadline",
    "date",
    "topic",
    "text",
    "word",
]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, in the order in which people say it. `optional` ones may be left out."""

    name: str
    type: ArgumentType
    optional: bool = False


NUMBER = Argument("number", "number", optional=True)
GIVEN_NUMBER = Argument("number", "number")
TEXT = Argument("text", "text")
REASON = Argument("reason", "text")
OPTIONAL_TEXT = Argument("text", "text", optional=True)
WORD = Argument("word", "word", optional=True)
PERSON = Argument("post", "person")
DURATION = Argument("duration", "duration")
DAY = Argument("day", "date")
DEADLINE = Argument("duration", "deadline")  # 3天, 2个工作日 or 明天下午5点

# in the place of a text: there is to be none any more
NOTHING: Final = frozenset({"清空", "去掉", "取消", "删除", "无", "没有"})
SPOKEN_OF: Final = timedelta(days=1)  # so long 它 means the case last talked about
_MARKS: Final = " \t\n:：,，、;；"
# 400天, 2026年2月: no number of a case; 1001天黑了 is one
_ALONE: Final = r"(?!\d|天(?![黑亮气热冷])|个(?:月|工作日|小时)|小时|分钟|年\d)"
_NUMBER: Final = re.compile(
    rf"^\s*(?:编号|单号|件号)?\s*[#:：第]?\s*(\d{{3,10}}){_ALONE}\s*(?:号|件)?\s*[:：,，]?\s*"
)
_IT: Final = re.compile(
    r"^\s*(?:它|这个|这件|这一件|这件事|这事|那个|那件|刚才那件|上一件)(?:[\s:：,，]+|$)"
)
_BETWEEN: Final = re.compile(rf"^[\s、,，;；和跟与及]*(?=(?:编号)?\s*#?\d{{3,10}}{_ALONE})")
_LATER_NUMBER: Final = re.compile(r"(?:^|[\s,，])(?:编号)?\s*#?(\d{4,10})(?=[\s,，。]|$)")
_DURATION: Final = re.compile(
    r"^\s*((?:\d+|[零一二两三四五六七八九十半]+)\s*(?:个?\s*(?:分钟|小时|钟头|自然日|工作日|天|日|周|星期|礼拜)|个\s*月))后?\s*[:：,，]?\s*"
)
_UNTIL: Final = re.compile(
    r"^\s*(?:(?:再|多|给|延长?|推迟|往后)+(?=[到至\d一二两三四五六七八九十半]))?[到至]?\s*"
)
_LATER: Final = re.compile(r"[\s,，]+|(?:延长?|推迟)?[到至]|(?:延长?|推迟)(?=\d)")
_PAST: Final = re.compile(r"昨[天日]|前[天日]|上(?:个?星期|个?月|周)[一二三四五六日天]?|去年")
_SOON: Final = timedelta(days=300)  # 2月1日 said in March is no day of next year
_YEAR: Final = re.compile(r"\d{4}\D")
_TO: Final = re.compile(r"^\s*(?:转给|派给|交给|给|到|由|让|请)\s*(?=\S)")


def number(rest: str, turn: Turn) -> tuple[int | None, str]:
    """1023, 编号1023, #1023; 它 and 这个 are the case last talked about."""
    match = _NUMBER.match(rest)
    if match is not None:
        return int(match[1]), rest[match.end() :]
    it = _IT.match(rest)
    if it is None:
        return None, rest
    since = turn.now - SPOKEN_OF
    spoken_of = incoming.last_about(turn.session, turn.incoming.person, since)
    if spoken_of is None:
        raise Ask(say("command.which_it"), "number")
    return spoken_of, rest[it.end() :]


def later_number(rest: str) -> tuple[int | None, str]:
    """派给水务站 1023: the number behind, where it has to be given and only one stands there."""
    found = list(_LATER_NUMBER.finditer(rest))
    if len(found) != 1:
        return None, rest
    match = found[0]
    return int(match[1]), f"{rest[: match.start()]} {rest[match.end() :]}".strip()


def numbers(rest: str, turn: Turn) -> tuple[tuple[int, ...] | None, str]:
    """1023 1024、1027: one or several, each once."""
    found: list[int] = []
    while True:
        between = _BETWEEN.match(rest) if found else None
        one, after = number(rest[between.end() :] if between else rest, turn)
        if one is None or (found and between is None):
            return tuple(dict.fromkeys(found)) or None, rest
        found.append(one)
        rest = after


def duration(rest: str, _: Turn) -> tuple[Duration | None, str]:
    match = _DURATION.match(rest)
    if match is None:
        return None, rest
    try:
        return Duration.parse(match[1].replace(" ", "")), rest[match.end() :]
    except ValueError as error:
        raise Sorry(str(error)) from error


def deadline(rest: str, turn: Turn) -> tuple[Duration | datetime | None, str]:
    """So much longer, or until then: 3天, 2个工作日, 明天下午5点, 到12月5日."""
    line = _UNTIL.sub("", rest)
    length, after = duration(line, turn)
    if length is not None:
        return length, after
    if (past := _PAST.match(line)) is not None:
        raise Ask(say("command.past", at=past[0]), "duration")
    found = moments.moment(line, turn.now)
    if found is None:
        return None, rest
    at, after = found
    last_year = at - turn.now > _SOON and not _YEAR.match(line)
    if at <= turn.now or last_year:
        said = line[: len(line) - len(after)] if last_year else wording.when(at, turn.now)
        raise Ask(say("command.past", at=said.strip()), "duration")
    return at, after.lstrip(_MARKS)


def later_deadline(rest: str, turn: Turn) -> tuple[Duration | datetime | None, str]:
    """因下雨 3天, 等配件到12月5日: the reason first, and the time at the end."""
    for place in _LATER.finditer(rest):
        value, after = deadline(rest[place.end() :], turn)
        if value is not None and not after.strip(" 。.!！"):
            return value, rest[: place.start()]
    return None, rest


def day(rest: str, turn: Turn) -> tuple[date | None, str]:
    """明天, 周五, 3月5日."""
    found = moments.day(rest, turn.now)
    return (None, rest) if found is None else (found[0], found[1].lstrip(_MARKS))


def person(rest: str, turn: Turn) -> tuple[Post | None, str]:
    """A member of staff, a department, a post, by name: the post that is meant."""
    post, after = person_if_any(rest, turn)
    word, _ = first_word(_TO.sub("", rest))
    if post is None and word:
        raise _nobody(turn.town, word)
    return post, after


def person_if_any(rest: str, turn: Turn) -> tuple[Post | None, str]:
    """The post that is named first, where anybody is named."""
    line = _TO.sub("", rest).strip()
    word, tail = first_word(line)
    if not word:
        return None, rest
    found = posts_called(turn.town, word)
    if len(found) == 1:
        return found[0], tail
    if len(found) > 1:
        names = "、".join(
            sorted({f"{turn.town.full_name(post.unit)}{post.title}" for post in found})
        )
        raise Ask(say("command.which_person", word=word, names=names), "post", instead=word)
    beginning = _beginning(turn.town, line)
    if beginning is None:
        return None, rest
    post, length = beginning
    return post, line[length:].lstrip(_MARKS)


def staff(rest: str, turn: Turn) -> tuple[Staff | None, str]:
    """A member of staff by name, not the post: who stays away from a case."""
    word, tail = first_word(_TO.sub("", rest))
    if not word:
        return None, rest
    try:
        return member(turn.town, word), tail
    except Sorry as sorry:
        raise Ask(str(sorry), "person", instead=word) from sorry


def _nobody(town: Town, word: str) -> Ask:
    """Nobody is called so; somebody sounds so."""
    like = sounds_like(word, names_of_posts(town))
    if like is None:
        return Ask(say("command.nobody", word=word), "post", instead=word)
    return Ask(say("command.nobody_but", word=word, like=like), "post", like, word)


def unit(rest: str, turn: Turn) -> tuple[Unit | None, str]:
    """石墙村, 石墙村三组, 水务站: a place in the tree by its name, full or short."""
    line = rest.strip()
    best: tuple[str, Unit] | None = None
    for each in turn.town.units.values():
        for name in unit_names(turn.town, each):
            if line.startswith(name) and (best is None or len(name) > len(best[0])):
                best = (name, each)
    return (None, rest) if best is None else (best[1], line[len(best[0]) :].lstrip(_MARKS))


def unit_names(town: Town, unit: Unit) -> tuple[str, ...]:
    """What a unit may be called where no other one is meant; 三组 alone may be any village's."""
    full = town.full_name(unit.id)
    own = (unit.name, *unit.aliases) if unit.level in ("village", "township") else ()
    return tuple(name for name in (full, *own) if name)


def topic(rest: str, _: Turn) -> tuple[str | None, str]:
    """路灯: a topic of the lexicon."""
    word, tail = first_word(rest)
    return (word, tail) if word in shipped().topics else (None, rest)


def text(rest: str, _: Turn) -> tuple[str | None, str]:
    """The rest of the line; marks alone say nothing."""
    line = rest.strip().lstrip(_MARKS)
    says = any(category(character)[0] not in "PZC" for character in line)
    return line if says else None, ""


def word(rest: str, _: Turn) -> tuple[str | None, str]:
    first, tail = first_word(rest)
    return first or None, tail


def counted(word: str | None) -> int | None:
    """A plain number, of a batch, a task, a case; None for what is none, or is too long for one."""
    return int(word) if word is not None and re.fullmatch(r"[0-9]{1,10}", word) else None


def first_word(rest: str) -> tuple[str, str]:
    first, _, tail = rest.strip().partition(" ")
    return first, tail.strip()


# --- names ---------------------------------------------------------------------------------------


def staff_called(town: Town, word: str) -> list[Staff]:
    """Those whom a name, an account or an id can mean."""
    return [each for each in town.staff.values() if word and word in each.names]


def member(town: Town, word: str) -> Staff:
    """The one who is called so. Raises Sorry where it is nobody, or several."""
    found = staff_called(town, word)
    if not found:
        raise Sorry(say("command.no_such_person", word=word))
    if len(found) > 1:
        accounts = "、".join(sorted(each.userid for each in found))
        raise Sorry(say("command.which_member", word=word, accounts=accounts))
    return found[0]


def posts_called(town: Town, word: str) -> list[Post]:
    """By which posts can be called: a person's first post, a department's, a post's title, 石墙村书记."""
    people = staff_called(town, word)
    if people:
        return [post for staff in people if (post := _first_post(town, staff)) is not None]
    units = [u for u in town.units.values() if word in (u.name, u.id, *u.aliases)]
    units += [u for u in town.units.values() if town.full_name(u.id) == word and u not in units]
    held = [post for unit in units for post in town.by_unit.get(unit.id, ()) if post.holders][:1]
    if held:
        return held
    titled = [
        post
        for post in town.posts.values()
        if post.holders and word in (post.title, wording.post_name(town, post))
    ]
    return titled or _in_short(town, word)


def _in_short(town: Town, word: str) -> list[Post]:
    """水务 → 水务站, where only one department's name has it."""
    departments = [unit for unit in town.units.values() if unit.department and len(word) > 1]
    units = [u for u in departments if any(word in name for name in (u.name, *u.aliases))]
    held = [post for unit in units for post in town.by_unit.get(unit.id, ()) if post.holders]
    return held[:1] if len(units) == 1 else []


def names_of_posts(town: Town) -> list[str]:
    """By which somebody can be found: people, departments and their other names."""
    departments = [unit for unit in town.units.values() if unit.department]
    names = [staff.name for staff in town.staff.values() if staff.posts]
    names += [name for unit in departments for name in (unit.name, *unit.aliases)]
    return [name for name in names if name]


def _beginning(town: Town, rest: str) -> tuple[Post, int] | None:
    """转1023王建国他懂电: a name without a space behind it."""
    for name in sorted(names_of_posts(town), key=len, reverse=True):
        if rest.startswith(name):
            found = posts_called(town, name)
            if len(found) == 1:
                return found[0], len(name)
    return None


def _first_post(town: Town, staff: Staff) -> Post | None:
    return next((town.posts[post] for post in staff.posts if post in town.posts), None)


def sounds_like(word: str, known: Iterable[str]) -> str | None:
    """The one known word that sounds as this one does, or is spelt so: 水物站, shuiwuzhan."""
    if len(word) < 2:
        return None
    sound = "".join(pinyin.rounded(word))
    letters = word.lower() if word.isascii() and word.isalpha() else None
    found = {
        each
        for each in known
        if "".join(pinyin.rounded(each)) == sound
        or (letters is not None and "".join(pinyin.sounds(each)) == letters)
    }
    return found.pop() if len(found) == 1 else None


READERS: Final[Mapping[ArgumentType, Callable[[str, Turn], tuple[Any, str]]]] = {
    "number": number,
    "numbers": numbers,
    "person": person,
    "staff": staff,
    "unit": unit,
    "duration": duration,
    "deadline": deadline,
    "date": day,
    "topic": topic,
    "text": text,
    "word": word,
}
