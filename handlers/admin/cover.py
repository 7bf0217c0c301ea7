"""Who is there, by an admin: 排班 and 交接."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from handlers import wording
from handlers.acting import Sorry
from handlers.admin.town import change
from handlers.arguments import member
from handlers.commands import posts_called
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.cover import days_long, tell
from handlers.turn import Turn

Given = Mapping[str, Any]
MOST_DAYS: Final = 31  # of one turn
_LENGTH: Final = re.compile(r"[-\d零半].*|.*(?:天|小时)")  # 0天, 半天: no name


def roster(turn: Turn, given: Given) -> Reply:
    """/排班 值班 陈晓东 赵国平: in this order, a day each; 一周: a week each."""
    words = given["text"].split()
    called = posts_called(turn.town, words[0])
    if not called:
        raise Sorry(say("admin.post_unknown", word=words[0]))
    length = days_long(words[1]) if len(words) > 1 else None
    names = words[2:] if length else words[1:]
    if not names:
        raise Sorry(say("admin.roster_usage"))
    days = length.length.days if length else 1
    if days > MOST_DAYS or _LENGTH.fullmatch(names[0]):
        raise Sorry(say("admin.roster_days"))
    people = [member(turn.town, name) for name in names]
    twice = next((each for each in people if people.count(each) > 1), None)
    if twice is not None:
        raise Sorry(say("admin.roster_twice", name=twice.name))
    row = {
        "post": called[0].id, "people": [each.id for each in people],
        "start": turn.today.isoformat(), "days": days,
    }  # fmt: skip
    change(turn, {("roster", called[0].id): row})
    title = wording.post_name(turn.town, called[0])
    names = "、".join(each.name for each in people)
    return Reply(say("admin.roster_set", post=title, names=names, days=row["days"]))


def hand_over(turn: Turn, given: Given) -> Reply:
    """/交接 李守田 黄小平: all posts of one person go to another, with what is in work."""
    words = given["text"].split()
    if len(words) != 2:
        raise Sorry(say("admin.handover_usage"))
    former, who = member(turn.town, words[0]), member(turn.town, words[1])
    if not former.posts or former == who:
        raise Sorry(say("admin.nothing_to_hand_over", name=former.name))
    rows = turn.book.entries["staff"]
    posts = list(dict.fromkeys((*who.posts, *former.posts)))
    change(
        turn,
        {
            ("staff", former.id): {**rows[former.id], "posts": []},
            ("staff", who.id): {**rows[who.id], "posts": posts},
        },
    )
    titles = "、".join(wording.post_name(turn.town, each) for each in former.posts)
    count = tell(turn, who, former, "handed_over", {"former": former.name, "posts": titles})
    return Reply(
        say("admin.handed_over", former=former.name, posts=titles, who=who.name, count=count)
    )
