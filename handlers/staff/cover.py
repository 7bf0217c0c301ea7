"""Who is there: 值班, 请假, 销假."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from casework import moments
from casework.calendar import SHANGHAI
from casework.cover import asked, is_away
from casework.duration import Duration
from casework.rights import is_admin
from casework.routing import above
from casework.town import Post, Staff, Town
from handlers import cards, telling, wording
from handlers.acting import Sorry
from handlers.arguments import member, staff_called
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import cases
from storage.record import post
from storage.town import put

Given = Mapping[str, Any]
SHOWN = 8
# what people say around it
_FILLERS: Final = re.compile(
    r"请个?假|请(?=.{1,4}假)|休?假|休息|因为|有点?事|要|想|从|起|到|至|[~—-]{1,2}|由|让|叫|请|替一?下?我?|顶一?下?我?班?|代班?|帮我|负责|我|[，,。；;、]"
)
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
            **_span(turn, leave.first, leave.last),
            substitute=_substitute(turn, turn.town.staff[leave.person], leave.substitute),
        )
        for leave in turn.town.leaves.values()
        if leave.person in turn.town.staff and leave.last >= turn.today
    ]
    if not lines and not away:
        return Reply(say("staff.duty_none"))
    more = say("staff.away", lines="\n".join(away)) if away else ""
    return Reply(say("staff.duty", lines="\n".join(lines), away=more))


def leave(turn: Turn, given: Given) -> Reply:
    """请假 3天 黄小平 · 明天请假，黄小平替我; an admin for somebody else: /请假 李守田 3天."""
    words, who = _apart(turn.town, given["text"]), turn.staff
    of = next((word for word in words[:1] if staff_called(turn.town, word)), "")
    if of and not re.match(rf"\s*{re.escape(of)}\s*(?:替|顶|代|来)", given["text"]):
        if is_admin(turn.staff, turn.town):
            who, words = member(turn.town, of), words[1:]
        elif re.match(rf"\s*{re.escape(of)}\s*\S{{0,4}}请", given["text"]):
            raise Sorry(say("staff.leave_of_others", name=of))
    words.sort(key=lambda word: bool(staff_called(turn.town, word)))  # 黄小平 顶 3天
    first, last, rest = _days(turn, words)
    named = [word for word in rest if staff_called(turn.town, word)] or rest[:1]  # 看病，黄小平替我
    substitute = member(turn.town, named[0]) if named else None
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
        words_ = {"who": who.name, **_span(turn, first, last)}
        tell(turn, told, who, "on_leave", words_)
    return Reply(say("staff.on_leave", name=who.name, **_span(turn, first, last), substitute=name))


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


def _apart(town: Town, text: str) -> list[str]:
    """Names, days and lengths of what was said, each by itself."""
    names = {name for each in town.staff.values() for name in each.names}
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    words: list[str] = []
    for at, piece in enumerate(re.split(f"({known})", text)):
        words += [piece] if at % 2 else _FILLERS.sub(" ", piece).split()
    return words


def _days(turn: Turn, words: list[str]) -> tuple[date, date, list[str]]:
    """From one day, today unless it is named, to another one or for so long; and what is left of the
    words."""
    days: list[date] = []
    for word in words[:2]:
        since = datetime.combine(days[0], time(), SHANGHAI) if days else turn.now
        found = moments.day(word, since)
        if found is None or found[1].strip():
            break
        days.append(found[0])
    rest = words[len(days) :]
    length = days_long(rest[0]) if rest and len(days) < 2 else None
    if length is not None:
        first = days[0] if days else turn.today
        return first, first + length.length - timedelta(days=1), rest[1:]
    if not days or (len(days) == 2 and days[1] - days[0] > SPAN):
        raise Sorry(say("staff.leave_usage"))
    return days[0], days[-1], rest


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


def _span(turn: Turn, first: date, last: date) -> dict[str, str]:
    return {"first": wording.day_in(first, turn.today), "last": wording.day_in(last, turn.today)}
