"""Entries → the town as a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from casework.answers import examples
from casework.office import Market, Office, Span
from casework.rhythm import Rule
from casework.town import Answer, Authority, Leave, Place, Post, Robot, Roster, Staff, Town, Unit
from casework.townfile.order import ordered
from casework.townfile.schema import (
    DEFAULT_OFFICE,
    DEFAULT_QUIET,
    DEFAULT_RANK,
    WEBHOOK,
    WEEKDAYS,
    Entries,
    Row,
    clock_time,
)


def build(entries: Entries) -> Town:
    """The town of these entries, in which `problems` finds nothing.

    The order of the entries plays no part: everything is listed from the top of the tree down;
    the holders of a post are asked in the order of their `rank`, then of their ids.
    """
    leaves = {i: _leave(i, row) for i, row in entries.get("leave", {}).items()}
    entries = ordered(entries)
    identity, town = next(iter(entries["town"].items()))
    covers = _covers(entries["staff"], leaves, town["discipline"])
    staff = {i: _staff(i, row, covers[i]) for i, row in entries["staff"].items()}
    posts = _posts(entries)
    quiet = town.get("quiet", DEFAULT_QUIET)
    return Town(
        id=identity,
        name=town["name"],
        method=town["method"],
        intake=town["intake"],
        discipline=town["discipline"],
        duty=town["duty"],
        authority=Authority(**town["authority"]),
        quiet_from=clock_time(quiet[0]),
        quiet_until=clock_time(quiet[1]),
        urgent_at_night=town.get("urgent_at_night", True),
        quiet_days=town.get("quiet_days", True),
        digest=clock_time(town["digest"]) if town.get("digest") else None,
        office=_office(town),
        reads=town.get("reads", "wecom"),
        notice=town.get("notice", ""),
        units=_units(entries),
        posts=posts,
        staff=staff,
        places={i: _place(i, row) for i, row in entries["place"].items()},
        answers=_answers(town, entries["answer"]),
        rosters={row["post"]: _roster(row) for row in entries["roster"].values()},
        leaves=leaves,
        robots={i: _robot(i, row) for i, row in entries["robot"].items()},
        by_userid={person.userid.lower(): person for person in staff.values()},
        by_unit=_by_unit(posts),
    )


def _office(town: Row) -> Office:
    hours = _spans(town.get("office", DEFAULT_OFFICE))
    market = town.get("market")
    if market is None:
        return Office(hours)
    days = Market(
        endings=frozenset(market.get("days", ())),
        weekdays=frozenset(WEEKDAYS.index(day) for day in market.get("weekdays", ())),
        lunar=market.get("calendar") == "lunar",
        hours=_spans(market.get("office", ())),
    )
    return Office(hours, days)


def _spans(rows: Iterable[str]) -> tuple[Span, ...]:
    pairs = (row.split("-") for row in rows)
    return tuple((clock_time(start), clock_time(end)) for start, end in pairs)


def _units(entries: Entries) -> dict[str, Unit]:
    units = {
        identity: Unit(
            id=identity,
            name=row["name"],
            level=row["level"],
            parent=row.get("parent"),
            aliases=tuple(row.get("aliases", ())),
        )
        for identity, row in entries["unit"].items()
    }
    township = next(unit.id for unit in units.values() if unit.level == "township")
    for identity, row in entries["department"].items():
        units[identity] = Unit(
            id=identity,
            name=row["name"],
            level="township",
            parent=township,
            aliases=tuple(row.get("aliases", ())),
            department=True,
            topics=tuple(row.get("topics", ())),
            direct=tuple(row.get("direct", ())),
            phone=row.get("phone", ""),
        )
    return units


def _posts(entries: Entries) -> dict[str, Post]:
    holders = defaultdict(list)
    people = entries["staff"]
    for person in sorted(people, key=lambda i: (people[i].get("rank", DEFAULT_RANK), i)):
        for post in people[person]["posts"]:
            holders[post].append(person)
    return {
        identity: Post(
            id=identity,
            title=row["title"],
            unit=row["unit"],
            role=row["role"],
            holders=tuple(holders[identity]),
        )
        for identity, row in entries["post"].items()
    }


def _by_unit(posts: dict[str, Post]) -> dict[str, tuple[Post, ...]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in posts.values():
        found[post.unit].append(post)
    return {unit: tuple(of_unit) for unit, of_unit in found.items()}


def _staff(identity: str, row: Row, covers: list[str]) -> Staff:
    return Staff(
        id=identity,
        name=row["name"],
        userid=row["userid"],
        phone=row.get("phone", ""),
        posts=tuple(row["posts"]),
        kin=tuple(row.get("kin", ())),
        skills=tuple(row.get("skills", ())),
        backup=row.get("backup"),
        covers=tuple(post for post in dict.fromkeys(covers) if post not in row["posts"]),
        reads=row.get("reads", ""),
    )


def _covers(
    people: dict[str, Row], leaves: dict[str, Leave], discipline: str
) -> dict[str, list[str]]:
    """The posts for which each person stands in. What the discipline post knows stays with it."""
    covers: dict[str, list[str]] = defaultdict(list)
    for person, row in people.items():
        leave = leaves.get(person)
        for substitute in (row.get("backup"), leave.substitute if leave else None):
            if substitute is not None:
                covers[substitute] += [post for post in row["posts"] if post != discipline]
    return covers


def _leave(person: str, row: Row) -> Leave:
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    return Leave(person, first, last, row.get("substitute"))


def _roster(row: Row) -> Roster:
    start = date.fromisoformat(row["start"])
    return Roster(row["post"], start, row.get("days", 1), tuple(row["people"]))


def _place(identity: str, row: Row) -> Place:
    given = row.get("point")
    point = (float(given[0]), float(given[1])) if given else None
    return Place(identity, row["name"], row["unit"], tuple(row.get("aliases", ())), point)


def _robot(identity: str, row: Row) -> Robot:
    lists = {name: Rule.parse(when) for name, when in row["lists"].items()}
    key = row["key"].removeprefix(WEBHOOK)
    return Robot(identity, row["name"], key, row["unit"], lists, row.get("reads", ""))


def _answers(town: Row, own: dict[str, Row]) -> dict[str, Answer]:
    """The town's own answers, over the examples that come with 小格 if the town takes them."""
    rows = {**(examples() if town.get("examples") else {}), **own}
    return {identity: _answer(identity, row) for identity, row in rows.items()}


_LISTS = ("questions", "words", "needs", "unless", "papers")


def _answer(identity: str, row: Row) -> Answer:
    given: Row = {key: tuple(value) if key in _LISTS else value for key, value in row.items()}
    if "valid_until" in row:
        given["valid_until"] = date.fromisoformat(row["valid_until"])
    return Answer(identity, **given)
