"""Cover 顶岗: who is asked for a post today, so that no case waits for somebody who is away.

A duty roster 值班 says whose day it is; leave 请假 names a substitute, or the B岗 that stands in for
somebody at any time; where nobody of a post is there, the post above is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from casework.calendar import SHANGHAI
from casework.routing import above
from casework.town import Post, Town

NOBODY: Final[frozenset[str]] = frozenset()


def asked(town: Town, post: Post, now: datetime, out: frozenset[str] = NOBODY) -> tuple[str, ...]:
    """Who is there for the post, in the order in which they are asked, without those who have to
    stay `out` of it; never nobody, as long as somebody holds the post. The discipline post's
    matters go to its own holders alone."""
    if not town.rosters and not town.leaves:
        return tuple(each for each in post.holders if each not in out) if out else post.holders
    day = now.astimezone(SHANGHAI).date()
    if post.id == town.discipline:
        return tuple(_present(town, post.holders, day)) or post.holders
    climbed: Post | None = post
    while climbed is not None:
        people = dict.fromkeys(_there(town, climbed, day))
        if there := tuple(each for each in people if each not in out):
            return there
        climbed = above(town, climbed)
    return tuple(each for each in post.holders if each not in out)


def on_call(town: Town, post: Post, now: datetime) -> tuple[str, ...]:
    """Who is asked next in an emergency that nobody takes: those who stand in for the holders of its
    post, then the others on the township's duty roster. Those told first of all are not in it."""
    told = set(asked(town, post, now))
    day = now.astimezone(SHANGHAI).date()
    substitutes = [town.staff[h].backup for h in post.holders if h in town.staff]
    duty = town.posts[town.duty]
    line = asked(town, duty, now) if town.duty in town.rosters else ()
    others = [*_present(town, filter(None, substitutes), day), *line[1:]]
    return tuple(person for person in dict.fromkeys(others) if person not in told)


def is_away(town: Town, person: str, day: date) -> bool:
    leave = town.leaves.get(person)
    return leave is not None and leave.first <= day <= leave.last


def _there(town: Town, post: Post, day: date) -> Iterator[str]:
    """Whose turn it is, the others; in the place of who is away who stands in for them."""
    for person in _in_turn(town, post, day):
        if not is_away(town, person, day):
            yield person
            continue
        leave, own = town.leaves[person], town.staff.get(person)
        substitutes = (leave.substitute, own.backup if own is not None else None)
        yield from _present(town, filter(None, substitutes), day)


def _in_turn(town: Town, post: Post, day: date) -> tuple[str, ...]:
    roster = town.rosters.get(post.id)
    if roster is None or not roster.people:
        return post.holders
    turn = (day - roster.start).days // roster.days % len(roster.people)
    return (*roster.people[turn:], *roster.people[:turn])


def _present(town: Town, people: Iterator[str] | tuple[str, ...], day: date) -> Iterator[str]:
    return (person for person in people if person in town.staff and not is_away(town, person, day))
