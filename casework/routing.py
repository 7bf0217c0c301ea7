"""Who gets a case first, and who stands above whom.

Place before department (the people nearest to it first, as in 中江's 分层处置), except for what a
department has asked to get at once; a report about a person goes past all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from casework.town import LEVELS, Post, Town, Unit


@dataclass(frozen=True, slots=True)
class Assignment:
    """The leading post, the level it stands on, and the unit the matter lies in, if known."""

    post: str
    level: str
    unit: str | None


def assign(
    town: Town,
    *,
    topic: str,
    field: str,
    unit: str | None,
    misconduct: bool,
    start: tuple[str, ...] = (),
    asks: bool = False,
    in_danger: bool = False,
) -> Assignment:
    """The first leading post of a new case. Always ends at a post: in the last instance the 受理岗.

    `start`: the levels at which the work method lets such a case begin, if not with the nearest.
    `asks`: it is a question about no place; the department answers it, wherever it is asked.
    `in_danger`: nobody is sent where only a field leads, which small words tell (捡菌子没落屋).
    """
    if misconduct:
        return Assignment(town.discipline, "township", unit)
    if in_danger:
        field = ""
    department = responsible(town, topic, field)
    if department is not None and {topic, field} & set(department.direct):
        return _at(town, department_post(town, department), unit)
    if (asks or "township" in start) and department is not None:
        return _at(town, department_post(town, department), unit)
    if unit is not None:
        return _at(town, nearest_post(town, unit, start), unit)
    if department is not None:
        return _at(town, department_post(town, department), None)
    return _at(town, town.posts[town.intake], None)


def knowing(town: Town, topic: str, field: str, post: str | None = None) -> Assignment:
    """Who knows more about what an answer says: the post that it names, or its topic's department."""
    if post is not None:
        return _at(town, answering(town, post), None)
    return assign(town, topic=topic, field=field, unit=None, misconduct=False, asks=True)


def responsible(town: Town, topic: str, field: str) -> Unit | None:
    """The department that answers for a topic, or else for its whole field."""
    for word in filter(None, (topic, field)):
        for department in town.departments:
            if word in department.topics or word in department.direct:
                return department
    return None


def department_post(town: Town, department: Unit) -> Post:
    return _held(town.by_unit.get(department.id, ())) or town.posts[town.intake]


def nearest_post(town: Town, unit: str, start: tuple[str, ...] = ()) -> Post:
    """The lowest held post that answers for the place: the grid member, else the village …; from
    the lowest level of `start` on, if that says where to begin."""
    lowest = min((LEVELS.index(level) for level in start), default=0)
    for above in town.ancestors(unit):
        if LEVELS.index(above.level) < lowest:
            continue
        if above.level in ("township", "county"):
            return _at_the_top_of(town, above)
        if (post := _held(town.by_unit.get(above.id, ()))) is not None:
            return post
    return town.posts[town.intake]


def _at_the_top_of(town: Town, unit: Unit) -> Post:
    county = _held(town.by_unit.get(unit.id, ()), {"county"}) if unit.level == "county" else None
    return county or town.posts[town.intake]


def above(town: Town, post: Post, skipped: frozenset[str] = frozenset()) -> Post | None:
    """The post one level up: grid → village → the township's 受理岗 → county; None at the top.
    Levels that the work method has no rung for are `skipped`."""
    own = town.units.get(post.unit)
    if own is None or post.id == town.discipline:
        return None
    if own.level == "township" and post.id != town.intake and own.level not in skipped:
        return town.posts[town.intake]
    for unit in town.ancestors(own.parent):
        if unit.level in skipped:
            continue
        if unit.level == "township":
            return town.posts[town.intake]
        if (upper := _held(town.by_unit.get(unit.id, ()), {"lead", "county"})) is not None:
            return upper
    return None


def answering(town: Town, post: str) -> Post:
    """The post itself, or the 受理岗 for one that is vacant or no longer in the town."""
    found = town.posts.get(post)
    return found if found is not None and found.holders else town.posts[town.intake]


def level_of(town: Town, post: Post) -> str:
    unit = town.units.get(post.unit)
    return unit.level if unit is not None else "township"


def _at(town: Town, post: Post, unit: str | None) -> Assignment:
    return Assignment(post.id, level_of(town, post), unit)


def _held(posts: Iterable[Post], roles: frozenset[str] | set[str] | None = None) -> Post | None:
    """The first post with somebody in it."""
    wanted = roles or {"member", "lead", "department"}
    return next((post for post in posts if post.holders and post.role in wanted), None)


# what the leaders of a township are called where no name is said
LEADERS: Final = (
    "镇长",
    "乡长",
    "镇党委",
    "乡党委",
    "镇委书记",
    "镇书记",
    "镇领导",
    "镇政府领导",
    "纪检",
    "纪委书记",
)
# 向镇长举报, 跟镇长说过: spoken to, not spoken of. In doubt it is spoken of: 村主任和镇长一起
_ADDRESSED: Final = re.compile(r"(?:向|给|找|请|求|对|报告|告诉)$")
_WITH: Final = re.compile(r"[跟和同]$")
_SAID: Final = re.compile(r".{0,3}(?:说|讲|反映|汇报|提)")


def outside(town: Town, text: str) -> bool:
    """True if a report is about those whom the township's discipline post does not stand above:
    the township's leaders, or the discipline post itself. It belongs to the outside authority."""
    above_it = [
        town.staff[person]
        for post in town.posts.values()
        if post.role in ("admin", "discipline")
        for person in post.holders
        if person in town.staff
    ]
    spoken_of = [name for staff in above_it for name in (staff.name, *staff.kin) if name]
    spoken_of += LEADERS
    return any(is_about(text, name) for name in spoken_of)


def is_about(text: str, name: str) -> bool:
    """True if somebody is spoken of, not spoken to: 找李守田说过 is not about him."""
    return any(
        not _ADDRESSED.search(text[: found.start()])
        and not (_WITH.search(text[: found.start()]) and _SAID.match(text[found.end() :]))
        for found in re.finditer(re.escape(name), text)
    )
