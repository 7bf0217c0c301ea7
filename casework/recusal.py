"""回避: who is spoken of in a matter, or their kin, neither sees it, nor handles it, nor is asked.

信访案件: those tied to a case, or whom people object to, stay away from it. A report about a person
is outside the tree altogether (`rights`); this is for all other matters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

from casework.case import Case
from casework.routing import Assignment, above, answering, is_about, level_of
from casework.town import Post, Staff, Town, Unit

# 李守田你好，我家停水了: spoken to, at the beginning
_GREETED: Final = re.compile(
    r"\s*(?:书记|主任|网格员|同志|师傅|所长|大哥|大姐)?\s*(?:您好|你好|[，,：:！!])"
)
# what is said of an office that somebody complains about, not of one that is asked for help
_CONDUCT: Final = (
    r"(?:的?(?:人|干部|工作人员|领导))?(?:服务)?"
    r"(?:乱收|多收|收了|态度|推诿|推来推去|踢皮球|不作为|吃拿卡要|刁难|卡着|拖着不|一直不办|不给办|"
    r"包庇|偏袒|欺负|骂人|打人|截留|克扣|占用|占了)"
)


def spoken_of(text: str, town: Town) -> frozenset[str]:
    """The staff who have to stay away from a matter told in these words."""
    people: set[str] = set()
    watched = _watched(town)
    near = [named for first in watched.keys() & set(text) for named in watched[first]]
    for name, bearer in near:
        if name not in text:
            continue
        if isinstance(bearer, Staff):
            if is_about(text, name) and not _greeted(text, name):
                people.add(bearer.id)
        elif re.search(rf"{re.escape(name)}(?:村委会|村委|居委会)?{_CONDUCT}", text):
            held = (post for post in town.by_unit.get(bearer.id, ()) if post.role != "helper")
            people |= {each for post in held for each in post.holders}
    return frozenset(people)


# of who works on it already a mere name is no objection: 李守田来看过了
_NEAR: Final = r"(?:自己|他|她)?(?:家|的?(?:亲戚|亲属|兄弟|弟弟|哥哥|儿子|女儿|老婆|丈人|侄子|侄儿|小舅子|本家))"

_ACCUSED: Final = (
    r"(?:投诉|举报|控告|检举|状告|告发)(?:一下|下|你们|那个|这个)?(?:的|网格员|书记|主任|组长)?"
)


def spoken_of_later(text: str, town: Town, working: frozenset[str]) -> frozenset[str]:
    """The same for what is added to a matter on which these staff work."""
    return frozenset(
        person
        for person in spoken_of(text, town)
        if person not in working or _objected(text, town.staff[person])
    )


def _objected(text: str, staff: Staff) -> bool:
    near = rf"{_ACCUSED}{re.escape(staff.name)}|{re.escape(staff.name)}(?:{_NEAR}|{_CONDUCT})"
    return any(name in text for name in staff.kin) or re.search(near, text) is not None


def _watched(town: Town) -> Mapping[str, Sequence[tuple[str, Staff | Unit]]]:
    """The names that could be spoken of, by their first character, and whose they are; kept for
    the town last asked about, for most matters hold none of them."""
    if not _latest or _latest[0][0] is not town:
        bearers: list[tuple[str, Staff | Unit]] = []
        for staff in town.staff.values():
            bearers += [(name, staff) for name in (staff.name, *staff.kin)]
        for unit in town.units.values():
            bearers += [(name, unit) for name in _names(unit, town)]
        by_first = defaultdict(list)
        for name, bearer in filter(itemgetter(0), bearers):
            by_first[name[0]].append((name, bearer))
        _latest[:] = [(town, by_first)]
    return _latest[0][1]


_latest: Final[list[tuple[Town, Mapping[str, Sequence[tuple[str, Staff | Unit]]]]]] = []


def _greeted(text: str, name: str) -> bool:
    return text.startswith(name) and _GREETED.match(text, len(name)) is not None


def _names(unit: Unit, town: Town) -> tuple[str, ...]:
    """What an office is called that people complain about."""
    if unit.level not in ("township", "village"):
        return ()
    return (unit.name, *unit.aliases) if unit.department else (town.full_name(unit.id),)


def kept_away(people: frozenset[str]) -> str:
    """As it stands with a case: ids between spaces, so that one is found in it by SQL too."""
    return f" {' '.join(sorted(people))} " if people else ""


def away(case: Case) -> frozenset[str]:
    return frozenset(case.recused.split())


def free(post: Post, people: frozenset[str]) -> bool:
    """True for a post with somebody in it who need not stay away."""
    return any(holder not in people for holder in post.holders)


def instead(town: Town, to: Assignment, people: frozenset[str]) -> Assignment:
    """Where a matter goes whose first post has to stay away: one level up, and on."""
    post = answering(town, to.post)
    other = stand_in(town, post, people)
    return to if other is post else Assignment(other.id, level_of(town, other), to.unit)


def stand_in(
    town: Town, post: Post, people: frozenset[str], skipped: frozenset[str] = frozenset()
) -> Post:
    """The post itself, or who has its matter where all in it stay away: the next one above with
    somebody who need not, one of `skipped` where there is no other; last the 受理岗."""
    if not people or free(post, people):
        return post
    upper = free_above(town, post, people, skipped) or free_above(town, post, people)
    return upper or town.posts[town.intake]


def free_above(
    town: Town, post: Post, people: frozenset[str], skipped: frozenset[str] = frozenset()
) -> Post | None:
    """The next post above with somebody who may know of the matter; `skipped` as in `above`."""
    upper = above(town, post, skipped)
    while upper is not None and not free(upper, people):
        upper = above(town, upper, skipped)
    return upper
