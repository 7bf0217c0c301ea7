"""How things are named in sentences: times, cases, people, posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar

from casework.calendar import SHANGHAI
from casework.case import WAITING, Case
from casework.cover import asked
from casework.duration import Duration
from casework.routing import answering
from casework.town import Post, Staff, Town
from handlers.copy import say

T = TypeVar("T")

# full-width digits, letters, slash and space as people's keyboards make them; the marks stay
_HALF_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B))}
_HALF_WIDTH |= {0xFF0F: 0x2F, 0x3000: 0x20}
_FULL_WIDTH = re.compile(f"[{''.join(map(chr, _HALF_WIDTH))}]")


def plain(text: str) -> str:
    """A line as a command is read from it; what is said to others keeps its own marks."""
    return (text.translate(_HALF_WIDTH) if _FULL_WIDTH.search(text) else text).strip()


@lru_cache(maxsize=4096)  # a day's promises fall on few minutes
def _said(minute: int, this_year: int) -> str:
    local = datetime.fromtimestamp(minute * 60, SHANGHAI)
    if local.time() == time():  # people say Friday 24:00, not Saturday 00:00
        eve = local - timedelta(days=1)
        return f"{day(eve)}（{say(f'word.day.{eve.weekday()}')}）24:00"
    year = f"{local.year}年" if local.year != this_year else ""
    day_name = say(f"word.day.{local.weekday()}")
    return f"{year}{day(local)}（{day_name}）{local:%H:%M}"


def day(on: date) -> str:
    """11月26日."""
    return f"{on.month}月{on.day}日"


def day_in(on: date, today: date) -> str:
    """11月26日, with the year only where it is another one."""
    return day(on) if on.year == today.year else f"{on.year}年{day(on)}"


def when(moment: datetime, now: datetime) -> str:
    """11月26日（周四）18:00, with the year only where it is another one."""
    return _said(int(moment.timestamp()) // 60, now.astimezone(SHANGHAI).year)


def left(due: datetime, now: datetime) -> str:
    """还有2天, 已到, 已超期3小时: the time to go, in the coarsest unit that says enough."""
    seconds = round((due - now).total_seconds())
    amount = abs(seconds)
    if amount < 60:
        return say("word.left.now")
    if amount >= 86_400:
        text = say("word.left.days", count=amount // 86_400)
    elif amount >= 3_600:
        text = say("word.left.hours", count=amount // 3_600)
    else:
        text = say("word.left.minutes", count=amount // 60)
    return say("word.left.ahead" if seconds >= 0 else "word.left.over", text=text)


def so_long(length: Duration) -> str:
    """How much longer: 3天, 2个工作日; hours that nobody counts, as from one moment to another one, in
    days: 15天9小时."""
    days, hours = divmod(length.amount, 24)
    if length.unit != "h" or days < 2:
        return str(length)
    parts = [say("word.left.days", count=days)]
    return "".join(parts + ([say("word.left.hours", count=hours)] if hours else []))


def sort_of(case: Case) -> str:
    """诉求·路灯: what was understood."""
    kind = say(f"word.kind.{case.subkind or case.kind}")
    return f"{kind}·{case.topic or case.field}" if case.topic or case.field else kind


def state_of(case: Case) -> str:
    """待接单, 办理中; of a case about which somebody has to decide 待定夺."""
    if case.disputed:
        return say("word.state.disputed")
    shelved = case.state == WAITING and case.waits_for in ("review", "hearing")
    return say(f"word.state.{case.waits_for if shelved else case.state}")


def place_of(case: Case, town: Town) -> str:
    return case.place or town.full_name(case.unit)


def holder(
    town: Town, post: str, now: datetime, away: frozenset[str] = frozenset()
) -> Staff | None:
    """Who is asked first at a post on that day; not those who have to stay away."""
    found = town.posts.get(post)
    people = asked(town, found, now, away) if found is not None else ()
    return town.staff.get(people[0]) if people else None


def reachable(town: Town, case: Case) -> str:
    """The post that answers for a case; of a report about a person never another one."""
    return case.lead_post if case.protected else answering(town, case.lead_post).id


def post_name(town: Town, post: Post | str) -> str:
    """石墙村三组网格员, 水务站: the unit and the title, said once."""
    found = town.posts.get(post) if isinstance(post, str) else post
    if found is None:
        return town.name
    unit = town.units.get(found.unit)
    if unit is None or (unit.level in ("township", "county") and not unit.department):
        return found.title
    if unit.department:
        return unit.name
    name = town.full_name(unit.id)
    if found.title.startswith(name):
        return found.title
    return f"{name.removesuffix('网格')}{found.title}"  # 三组网格 + 网格员


def responsible(town: Town, post: str, now: datetime, away: frozenset[str] = frozenset()) -> str:
    """石墙村三组网格员李守田（电话 …）: who answers for it, and how to reach them."""
    who = holder(town, post, now, away)
    name = post_name(town, post)
    if who is None:
        return name
    return (
        say("word.reach", name=name, who=who.name, phone=who.phone)
        if who.phone
        else name + who.name
    )


def first_part(text: str, limit: int = 2000) -> tuple[str, str]:
    """What fits into one answer (bytes of UTF-8), cut after a line if there is one; and the rest."""
    if len(text.encode()) <= limit:
        return text, ""
    head = text.encode()[:limit].decode(errors="ignore")
    end = head.rfind("\n") + 1 or len(head)
    return text[:end].rstrip("\n"), text[end:]


def listed(found: Sequence[T], most: int, line: Callable[[T], str]) -> str:
    """A line for each, as many as one screen holds, and how many there are besides."""
    more = say("word.more", count=len(found) - most) if len(found) > most else ""
    return "\n".join(map(line, found[:most])) + more


def short(text: str, limit: int = 60) -> str:
    """The text, cut where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


_PRIVATE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?!\d)")


def masked(text: str, *names: str) -> str:
    """The text without what can be used against a person: mobile, identity and card numbers, and
    these names."""
    text = _PRIVATE.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", text)
    for name in filter(None, names):
        text = text.replace(name, f"{name[0]}**")
    return text


def masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else phone
