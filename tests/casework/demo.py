"""The demo town and its people as values, for tables about cases.

zhang a villager; li grid member of 石墙村三组, wang secretary of 石墙村, zhao township admin,
zhou discipline post, shuiwu a department, gao the county, huang grid member of another village.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from casework import townfile
from casework.calendar import SHANGHAI, Calendar, shipped_days
from casework.case import Case
from casework.clocks import Clock, Promise
from casework.draft import World
from casework.duration import Duration
from casework.lifecycle import Matter, open_case
from casework.methods import shipped
from casework.rights import THE_SERVICE, Actor
from casework.routing import assign
from casework.town import Town

DAYS_60 = Duration(60, "d")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)  # a Monday
ZHANG = Actor("villager:7", villager=7)
STRANGER = Actor("villager:8", villager=8)


@cache
def town() -> Town:
    text = files("deploy").joinpath("town.example.toml").read_text(encoding="utf-8")
    return townfile.build(townfile.parse(text))


@cache
def world() -> World:
    calendar = Calendar.of((day, works) for day, works, _ in shipped_days(2025, 2026))
    return World(town(), shipped(), calendar, NOW)


def staff(userid: str) -> Actor:
    return Actor(f"staff:{userid}", staff=town().by_userid[userid])


def actor(name: str) -> Actor:
    """Somebody by the name that a table uses."""
    return {"zhang": ZHANG, "stranger": STRANGER, "service": THE_SERVICE}.get(name) or staff(name)


def running(start: Iterable[Promise], **changes: Any) -> list[Clock]:
    """The clocks as their rows hold them."""
    return [
        replace(
            Clock(
                number, 1001, each.name, "grid", "running", each.started_at, each.due_at,
                each.provisional, each.explained, each.due, each.moves, each.steps,
                each.next_step, each.next_at,
            ),
            **changes,
        )
        for number, each in enumerate(start, 1)
    ]  # fmt: skip


def case(misconduct: bool = False, **changes: Any) -> Case:
    """A lamp in 石墙村三组, just filed by zhang; or a report about a person."""
    to = assign(town(), topic="路灯", field="", unit="shiqiang-3", misconduct=misconduct)
    subkind = "misconduct" if misconduct else ""
    kind = "report" if misconduct else "grievance"
    matter = Matter("路灯坏了", kind, subkind=subkind, topic="路灯", villager=7)
    return replace(open_case(world(), 1001, matter, to, ZHANG, {}).case, **changes)
