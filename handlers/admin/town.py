"""/网格 and /人员: who answers for which place, seen and changed from the chat.

A change is a new version of the town's entry; loading the town file again does not undo it in
silence. What would leave the town unsound is refused with the sentence of the check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.town import Post, Staff, Town, Unit
from casework.townfile import Entries, is_phone, problems
from handlers import wording
from handlers.acting import Confirm, Sorry
from handlers.arguments import NOTHING, first_word, member, posts_called, staff_called
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import cases
from storage.town import put

Given = Mapping[str, Any]
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")  # as 企业微信 has it
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ·•.]){0,19}")


def grids(turn: Turn, given: Given) -> Reply:
    """/网格 · /网格 石墙村 · /网格 换 石墙村三组 姓名"""
    word, rest = given.get("word"), given.get("text", "")
    if word is None:
        return _all_grids(turn.town)
    if word == "换":
        return _change_member(turn, rest, given["confirmed"])
    unit = _unit(turn.town, word)
    below = [
        u for u in turn.town.units.values() if u.level == "grid" and turn.town.covers(unit.id, u.id)
    ]
    around = [u for u in turn.town.ancestors(unit.id) if u.level == "grid"]
    shown = below or around[:1]  # a group lies in a grid
    lines = "\n".join(_grid_line(turn.town, each) for each in shown)
    return Reply(
        say("admin.grid_detail", name=turn.town.full_name(unit.id) or unit.name, lines=lines)
    )


def people(turn: Turn, given: Given) -> Reply:
    """/人员 · /人员 姓名 · /人员 加 账号 姓名 岗位 · /人员 停 姓名 · /人员 电话 姓名 号码"""
    word, rest = given.get("word"), given.get("text", "")
    if word == "加":
        return _add(turn, rest.split())
    if word == "停":
        return _stop(turn, rest.strip())
    if word == "电话":
        return _phone(turn, rest)
    shown = staff_called(turn.town, word) if word else list(turn.town.staff.values())
    if not shown:
        raise Sorry(say("admin.person_unknown", word=word))
    lines = "\n".join(_person(turn.town, staff) for staff in shown)
    return Reply(say("admin.people", town=turn.town.name, count=len(shown), lines=lines))


def _all_grids(town: Town) -> Reply:
    villages = [unit for unit in town.units.values() if unit.level == "village"]
    members = [unit for unit in town.units.values() if unit.level == "grid"]
    lines = []
    for village in villages:
        own = [grid for grid in members if town.covers(village.id, grid.id)]
        lead = _holders(town, village)
        lines.append(say("admin.grid_village", name=village.name, lead=lead, count=len(own)))
    return Reply(
        say(
            "admin.grids",
            town=town.name,
            count=len(villages),
            members=len(members),
            lines="\n".join(lines),
        )
    )


def _grid_line(town: Town, grid: Unit) -> str:
    return say(
        "admin.grid_line", name=town.full_name(grid.id) or grid.name, who=_holders(town, grid)
    )


def _holders(town: Town, unit: Unit) -> str:
    held = (post for post in town.by_unit.get(unit.id, ()) if post.role != "helper")
    people = [town.staff[h] for post in held for h in post.holders]
    return "、".join(f"{staff.name} {staff.phone}" for staff in people) or say("admin.vacant")


def _change_member(turn: Turn, rest: str, confirmed: bool) -> Reply:
    """Another person at a grid's post: first in the row of those who hold it. It is shown first."""
    place, _, name = rest.strip().partition(" ")
    if not name.strip():
        raise Sorry(say("admin.grid_usage"))
    post = _post(turn.town, place)
    if turn.town.units[post.unit].level in ("township", "county"):
        raise Sorry(say("admin.no_grid", place=place))
    staff = member(turn.town, name.strip())
    place_name = turn.town.full_name(post.unit)
    former = wording.holder(turn.town, post.id, turn.now)
    if former == staff:
        return Reply(say("admin.grid_same", place=place_name, who=staff.name))
    changes = {staff.id: [post.id, *(p for p in staff.posts if p != post.id)]}
    if former is not None:
        changes[former.id] = [p for p in former.posts if p != post.id]
    rows = turn.book.entries["staff"]
    change(turn, {("staff", who): {**rows[who], "posts": posts} for who, posts in changes.items()})
    words = {"place": place_name, "who": staff.name}
    words["former"] = former.name if former else say("admin.vacant")
    if not confirmed:
        count = len(cases.led_by(turn.viewer, turn.session, [post.id], limit=1000))
        raise Confirm(say("admin.grid_sure", **words, count=count))
    return Reply(say("admin.grid_changed", **words))


def _add(turn: Turn, words: list[str]) -> Reply:
    if len(words) < 3:
        raise Sorry(say("admin.person_usage"))
    userid, name, place = words[0], words[1], " ".join(words[2:])
    if not _ACCOUNT.fullmatch(userid) or not _NAME.fullmatch(name):
        raise Sorry(say("admin.person_wrong", userid=userid, name=name))
    there = turn.town.by_userid.get(userid.lower())
    if there is not None:
        raise Sorry(say("admin.person_exists", userid=userid, name=there.name))
    post = _post(turn.town, place)
    change(turn, {("staff", userid): {"name": name, "userid": userid, "posts": [post.id]}})
    title = wording.post_name(turn.town, post)
    return Reply(say("admin.person_added", name=name, userid=userid, post=title))


def _stop(turn: Turn, name: str) -> Reply:
    staff = member(turn.town, name)
    for post in (turn.town.posts[each] for each in staff.posts if each in turn.town.posts):
        if post.holders == (staff.id,):
            title = wording.post_name(turn.town, post)
            raise Sorry(say("admin.last_holder", name=staff.name, post=title))
    change(turn, {("staff", staff.id): None})
    return Reply(say("admin.person_stopped", name=staff.name))


def _phone(turn: Turn, rest: str) -> Reply:
    """Another number of a member of staff, or of a department; 清空: none any more."""
    name, number = first_word(rest)
    if not number:
        raise Sorry(say("admin.phone_usage"))
    if number not in NOTHING and not is_phone(number):
        raise Sorry(say("admin.phone_wrong", number=number))
    kind, identity, called = _with_phone(turn.town, name)
    row = turn.book.entries[kind][identity]
    number = "" if number in NOTHING else number
    change(turn, {(kind, identity): {**row, "phone": number}})
    former = row.get("phone") or say("admin.phone_none")
    now = number or say("admin.phone_none")
    return Reply(say("admin.phone_changed", name=called, phone=now, former=former))


def _with_phone(town: Town, name: str) -> tuple[str, str, str]:
    """The entry that has a number: its kind, its id, and how it is called."""
    departments = [unit for unit in town.units.values() if unit.department]
    unit = next((u for u in departments if name in (u.name, *u.aliases)), None)
    if unit is not None and not staff_called(town, name):
        return "department", unit.id, unit.name
    staff = member(town, name)
    return "staff", staff.id, staff.name


def change(turn: Turn, changes: dict[tuple[str, str], dict[str, Any] | None]) -> None:
    """New versions of entries, if the town is sound with them. What is only shown is tried in the same
    way: a Confirm takes it back with the command's savepoint."""
    wanted: Entries = {
        kind: {identity: dict(row) for identity, row in rows.items()}
        for kind, rows in turn.book.entries.items()
    }
    for (kind, identity), value in changes.items():
        if value is None:
            wanted[kind].pop(identity, None)
        else:
            wanted.setdefault(kind, {})[identity] = value
    found = problems(wanted)
    if found:
        raise Sorry(str(found[0]))
    _keep_discipline(turn, wanted)
    for (kind, identity), value in changes.items():
        put(
            turn.session, kind, identity, value,
            source="chat", by=turn.actor.label, now=turn.now,
        )  # fmt: skip


def _keep_discipline(turn: Turn, wanted: Entries) -> None:
    """Who reads sealed reports, and on what number they are called, is not changed in the chat: an
    admin may be whom they are about."""
    post = turn.town.discipline
    now, then = (
        {
            who: row.get("phone")
            for who, row in rows["staff"].items()
            if post in row.get("posts", ())
        }
        for rows in (turn.book.entries, wanted)
    )
    if now != then:
        title = wording.post_name(turn.town, turn.town.posts[post])
        raise Sorry(say("admin.discipline_kept", post=title))


def _unit(town: Town, word: str) -> Unit:
    for unit in town.units.values():
        if word in (unit.name, unit.id, town.full_name(unit.id), *unit.aliases):
            return unit
    raise Sorry(say("admin.grid_unknown", word=word))


def _post(town: Town, word: str) -> Post:
    """The post at a place or of a title; for a group that of the grid it lies in."""
    called = posts_called(town, word)
    if called:
        return called[0]
    for unit in town.ancestors(_unit(town, word).id):
        if posts := town.by_unit.get(unit.id):
            return posts[0]
    raise Sorry(say("admin.grid_unknown", word=word))


def _person(town: Town, staff: Staff) -> str:
    posts = "、".join(wording.post_name(town, post) for post in staff.posts)
    return say("admin.person", name=staff.name, userid=staff.userid, posts=posts, phone=staff.phone)
