"""How far the method of a case lets people go: extensions, pauses, 退单, 授权.

`actions.may` says who may do what in which state; this says how often, how long, and until when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.actions import Refused
from casework.case import Case
from casework.clocks import Clock
from casework.draft import World
from casework.duration import Duration, move, shift
from casework.joint import limits as joint
from casework.routing import answering

# how a case can have come to a post that may hand it back: given, not climbed up or put there
GIVEN: Final = frozenset({"open", "transfer", "delegate"})
MOVES: Final = GIVEN | {"assign", "designate", "hand_back", "hand_up", "escalate", "reopen"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants to go that far."""

    world: World
    case: Case
    who: frozenset[str]
    given: Mapping[str, Any]

    @property
    def clocks(self) -> Sequence[Clock]:
        clocks: Sequence[Clock] = self.given.get("clocks", ())
        return clocks


def beyond(
    world: World, name: str, case: Case, who: frozenset[str], given: Mapping[str, Any]
) -> Refused | None:
    """The limit that this would pass, or None."""
    limit = _LIMITS.get(name)
    return None if limit is None else limit(Asked(world, case, who, given))


def _extend(asked: Asked) -> Refused | None:
    """Who approves, how often, how long in all."""
    rule = asked.world.method_of(asked.case).extension
    if not asked.who & set(rule.by):
        return Refused("approver")
    return _request(asked)


def _request(asked: Asked) -> Refused | None:
    rule, by = asked.world.method_of(asked.case).extension, asked.given["duration"]
    if rule.times is not None and asked.case.extended >= rule.times:
        return Refused("extended", str(rule.times))
    used = max((_extended(clock) for clock in asked.clocks), default=timedelta())
    if rule.limit is not None and used + by.length > rule.limit.length:
        return Refused("too_long", str(rule.limit))
    return None


def _extended(clock: Clock) -> timedelta:
    return sum((each.by.length for each in clock.moves if each.by is not None), timedelta())


def _pause(reason: str) -> Callable[[Asked], Refused | None]:
    def limit(asked: Asked) -> Refused | None:
        """A date that is still to come, and not later than the longest that the method allows."""
        world, until = asked.world, asked.given["until"]
        rule = world.method_of(asked.case).pause(reason)
        if rule is None:
            return Refused("no_pause")
        if until <= world.now:
            return Refused("past")
        if until > move(world.now, rule.limit.length, rule.limit.unit, world.calendar):
            return Refused("paused_too_long", str(rule.limit))
        return None

    return limit


def _delegate(asked: Asked) -> Refused | None:
    """Downwards only, from the levels that may."""
    town, case = asked.world.town, asked.case
    if case.level not in asked.world.method_of(case).delegates:
        return Refused("no_delegation")
    own, to = answering(town, case.lead_post), town.posts.get(asked.given["post"])
    if to is None or to.unit == own.unit or not town.covers(own.unit, to.unit):
        return Refused("not_below")
    return None


def _ask_back(asked: Asked) -> Refused | None:
    """退单: what was given, not what was designated; within its time; so often and no more.

    `history` are the moves of the case so far: (kind, when).
    """
    world, case = asked.world, asked.case
    rule = world.method_of(case).hand_back
    history: Sequence[tuple[str, datetime]] = asked.given.get("history", ())
    kind, at = next(
        (each for each in reversed(history) if each[0] in MOVES), ("open", case.opened_at)
    )
    if kind not in GIVEN or (case.previous_post is None and case.lead_post == world.town.intake):
        return Refused("designated")
    if rule.times is not None:
        back = sum(1 for each, _ in history if each == "hand_back")
        if back >= rule.times:
            return Refused("handed_back", str(rule.times))
    if rule.window is not None and world.now > _end(at, rule.window, world):
        return Refused("window", str(rule.window))
    return None


def _archive(asked: Asked) -> Refused | None:
    """公示期: struck off when it was public for as long as the method wants."""
    rule, at = asked.world.method_of(asked.case).publication, asked.case.published_at
    if rule.days is None or at is None or asked.world.now >= _end(at, rule.days, asked.world):
        return None
    return Refused("public_too_short", str(rule.days))


def _end(at: datetime, window: Duration, world: World) -> datetime:
    return shift(at, window, world.calendar)[0]


_LIMITS: Final[Mapping[str, Callable[[Asked], Refused | None]]] = {
    "extend": _extend,
    "request_extension": _request,
    "suspend": _pause("review"),
    "hear": _pause("hearing"),
    "delegate": _delegate,
    "ask_back": _ask_back,
    "archive": _archive,
    **joint.LIMITS,
}
