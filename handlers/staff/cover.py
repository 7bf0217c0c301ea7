"""Who is there: 值班, 请假, 销假."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from casework import moments
from casework.calendar import SHANGHAI
from casework.cover import asked, is_away
from casework.duration import Duration
from casework.rights import is_admin
from casework.routing import above
from casework.town import Post, Staff
from handlers import cards, telling, wording
from handlers.acting import Sorry
from handlers.arguments import member
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import cases
from storage.record import post
from storage.town import put

Given = Mapping[str, Any]
SHOWN = 8
_STANDS_IN: Final = re.compile(  # 小刘顶班, 交给小刘负责
    r"(?P<who>(?!找人|有人)[^\s，,。、替顶代我由让叫请喊找]{2,4}?)来?(?:帮[我忙]|给我|为我)?(?:[替顶]|代(?!表))"
    r"|(?:由|让|叫|交给)(?P<other>[^\s，,。、我]{2,4}?)(?:负责|来|帮)"
)
_BOTH: Final = re.compile(r"([今明])([明后])(?:[两二]?天)")  # 明后两天
_NUMBERS: Final = re.compile(r"(\d{1,2})[日号]?(?:到|至|[~—-]{1,2})(\d{1,2}[日号])")  # 3-5号
_UNTIL: Final = re.compile(r"(?:到|至|[~—-])\s*$")
_LENGTH: Final = re.compile(
    r"[\d一二两三四五六七八九十]{1,3}(?:个?(?:工作日|天|周|星期|礼拜)|个月)"
)
_PIECES: Final = re.compile(r"[^\s，,。；;、：:]+")
LONGEST = timedelta(days=365)
SPAN = timedelta(days=60)  # from one day to another; 3月8日 3月5日 is a slip


def duty(turn: Turn, _: Given) -> Reply:
    """值班: whose day it is, and who is away."""
    lines = [
        say(
            "staff.duty_line",
            post=wording.post_name(turn.town, name),
            today=_names(turn, asked(turn.town, turn.town.posts[name], turn.now)[:1]),
            tomorrow=_names(
                turn, asked(turn.town, turn.town.posts[name], turn.now + timedelta(days=1))[:1]
            ),
        )
        for name in turn.town.rosters
    ]
    away = [
        say(
            "staff.away_line",
            name=turn.town.staff[leave.person].name,
            days=_span(turn, leave.first, leave.last),
            substitute=_substitute(turn, turn.town.staff[leave.person], leave.substitute),
        )
        for leave in turn.town.leaves.values()
        if leave.person in turn.town.staff and leave.last >= turn.today
    ]
    on_duty = say("staff.duty", lines="\n".join(lines)) if lines else say("staff.duty_none")
    return Reply(on_duty + (say("staff.away", lines="\n".join(away)) if away else ""))


def leave(turn: Turn, given: Given) -> Reply:
    """请假 3天 黄小平 · 明天请假，黄小平替我; an admin for somebody else: /请假 李守田 3天."""
    heard, who = _heard(turn, given["text"]), turn.staff
    names = heard.names
    of = names[0] if names and given["text"].strip().startswith(names[0]) else ""
    if of and not re.match(rf"\s*{re.escape(of)}\s*(?:替|顶|代|来)", given["text"]):
        if is_admin(turn.staff, turn.town):
            who, names = member(turn.town, of), names[1:]
        elif re.match(rf"\s*{re.escape(of)}\s*\S{{0,4}}请", given["text"]):
            raise Sorry(say("staff.leave_of_others", name=of))
    first, last = _days(turn, heard)
    unknown, why = _others(heard.rest, bool(names))
    named = [*names, *unknown]
    substitute = member(turn.town, named[-1]) if named else None
    if len(named) > 1 or substitute == who:
        raise Sorry(say("staff.leave_usage"))
    if last < turn.today:
        raise Sorry(say("command.past", at=wording.day_in(last, turn.today)))
    if last - first > LONGEST:
        raise Sorry(say("staff.leave_too_long"))
    row = {"first": first.isoformat(), "last": last.isoformat()}
    if substitute is not None:
        row["substitute"] = substitute.id
    _put(turn, who, row)
    name = _substitute(turn, who, row.get("substitute"))
    told = substitute or (turn.town.staff.get(who.backup) if who.backup else None)
    if told is not None:
        tell(turn, told, who, "on_leave", {"who": who.name, "days": _span(turn, first, last)})
    said = say("staff.on_leave", name=who.name, days=_span(turn, first, last), substitute=name)
    said += say("staff.leave_whole_days") if heard.is_part else ""
    if why:
        is_reason = _said("reasons").search(why) is not None
        said += say("staff.leave_why" if is_reason else "staff.leave_who", why=why)
    return Reply(said)


def back(turn: Turn, given: Given) -> Reply:
    """销假: there again; an admin for somebody else."""
    who = turn.staff
    if given.get("text") and is_admin(turn.staff, turn.town):
        who = member(turn.town, given["text"].strip())
    if who.id not in turn.town.leaves:
        raise Sorry(say("staff.not_on_leave", name=who.name))
    _put(turn, who, None)
    return Reply(say("staff.back", name=who.name))


def tell(turn: Turn, to: Staff, of: Staff, sentence: str, words: Mapping[str, Any]) -> int:
    """The one who takes over reads what is in work at these posts; of reports no word."""
    own = cases.led_by(turn.viewer, turn.session, of.posts)
    shown = [case for case in own if not case.protected]
    lines = "\n".join(cards.row(turn, case) for case in shown[:SHOWN])
    text = say(f"tell.{sentence}", **words, count=len(shown), lines=lines).rstrip("：\n")
    if to != turn.staff:
        letter = telling.staff_letter(turn, to, f"{sentence}:{to.id}", text)
        post(turn.session, [letter], turn.now, turn.wall)
    return len(shown)


def _substitute(turn: Turn, who: Staff, named: str | None) -> str:
    """Who stands in: the one named, the B岗, the others of the post, or the post above."""
    for person in filter(None, (named, who.backup)):
        if person in turn.town.staff and not is_away(turn.town, person, turn.today):
            return turn.town.staff[person].name
    own = next((turn.town.posts[each] for each in who.posts if each in turn.town.posts), None)
    others = [h for h in own.holders if h != who.id] if own else []
    if others:
        return turn.town.staff[others[0]].name
    upper: Post | None = above(turn.town, own) if own is not None else None
    return wording.post_name(turn.town, upper or turn.town.posts[turn.town.intake])


@dataclass
class Heard:
    """Who and when, wherever it stands in what was said; and the rest of the words."""

    names: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    length: Duration | None = None
    is_until: bool = False  # the last of the days has 到 before it
    is_part: bool = False  # only a part of a day is meant
    rest: str = ""


def _heard(turn: Turn, text: str) -> Heard:
    known = {name for each in turn.town.staff.values() for name in each.names}
    names = sorted(known, key=len, reverse=True)
    heard = Heard()
    line = _NUMBERS.sub(r"\1号到\2", _BOTH.sub(r"\1天到\2天", text))
    while line:
        name = next((name for name in names if line.startswith(name)), None)
        day = _day(turn, line, heard.days)
        length, part = _LENGTH.match(line), _said("part_of_day").match(line)
        if name is not None:
            heard.names.append(name)
            line = line[len(name) :]
        elif day is not None:
            heard.days.append(day[0])
            heard.is_until = _UNTIL.search(heard.rest) is not None
            line = day[1]
        elif length is not None:
            heard.length = days_long(length[0])
            line = line[length.end() :]
        elif part is not None:
            heard.is_part = True
            line = line[part.end() :]
        else:
            heard.rest += line[0]
            line = line[1:]
            continue
        heard.rest += " "
    return heard


def _day(turn: Turn, line: str, before: list[date]) -> tuple[date, str] | None:
    """The day with which the line begins; after another day the next such: 下周一到周三."""
    found = None if line[0].isspace() else moments.day(line, turn.now)
    if found is not None and before and found[0] < before[-1]:
        found = moments.day(line, datetime.combine(before[-1], time(), SHANGHAI))
    return found


def _days(turn: Turn, heard: Heard) -> tuple[date, date]:
    """From one day, today unless it is named, to another one or for so long."""
    days, length = heard.days, heard.length
    more = length.length - timedelta(days=1) if length is not None else None
    if heard.is_until and len(days) == 1:
        return (turn.today if more is None else days[0] - more), days[0]
    if more is not None and len(days) < 2:
        first = days[0] if days else turn.today
        return first, first + more
    if heard.is_part and not days:
        return turn.today, turn.today
    if not days or days[-1] - days[0] > SPAN or (len(days) == 1 and "开始" in heard.rest):
        raise Sorry(say("staff.leave_usage"))
    return days[0], days[-1]


def _others(rest: str, is_named: bool) -> tuple[list[str], str]:
    """Who is to stand in and is nobody whom we know; and the words that say why. Beside somebody who
    is known, all others do."""
    found = _STANDS_IN.search(rest)
    if found is not None:
        is_named, rest = True, rest.replace(found[0], " ")
    pieces = [piece for piece in _PIECES.findall(rest) if _said("around").sub("", piece)]
    words = [] if is_named else _said("around").sub(" ", " ".join(pieces)).split()
    unknown = [found["who"] or found["other"]] if found is not None else []
    unknown += [word for word in words if _said("reasons").search(word) is None][:1]
    return unknown, " ".join(pieces)


@cache
def _said(name: str) -> re.Pattern[str]:
    found = tomllib.loads(files(__package__).joinpath("cover.toml").read_text("utf-8"))
    return re.compile("|".join(found[name]))


def days_long(word: str) -> Duration | None:
    try:
        found = Duration.parse(word)
    except ValueError:
        return None
    return found if found.length >= timedelta(days=1) else None


def _put(turn: Turn, who: Staff, row: dict[str, Any] | None) -> None:
    put(turn.session, "leave", who.id, row, source="chat", by=turn.actor.label, now=turn.now)


def _names(turn: Turn, people: tuple[str, ...]) -> str:
    found = [turn.town.staff[each] for each in people]
    return "、".join(f"{each.name} {each.phone}".rstrip() for each in found)


def _span(turn: Turn, first: date, last: date) -> str:
    from_, to = wording.day_in(first, turn.today), wording.day_in(last, turn.today)
    return from_ if first == last else say("staff.leave_days", first=from_, last=to)
