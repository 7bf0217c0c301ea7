"""Who somebody is to a case, and which cases a viewer may see.

Rights hang on posts and on where a post's unit stands in the tree, never on names. A report about
a person (`case.protected`) is outside the tree: only the post that leads it, in the discipline
line, stands in any relation to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from casework.case import Case
from casework.recusal import away
from casework.routing import answering
from casework.town import ROLES, Post, Staff, Town

VILLAGER: Final = "villager"  # whose case it is, or who joined it
FIRST: Final = "first"  # holds the post that received it first 首接责任人
HANDLER: Final = "handler"  # holds the leading post
SUPERVISOR: Final = "supervisor"  # holds a lead or admin post above the leading post
CALLED: Final = "called"  # holds a post that has a part in what is done jointly 联办
SENDER: Final = "sender"  # holds the post that gave the case to the leading one
ADMIN: Final = "admin"  # holds an admin post of the township
INSPECTOR: Final = "inspector"  # looks, and does nothing 督查
SYSTEM: Final = "system"  # the service itself, when a time comes

Reach = Literal["own", "subtree", "township", "discipline"]
REACHES: Final[tuple[Reach, ...]] = (
    "own",  # ordinary cases led by the post itself
    "subtree",  # … by another post of the unit, or of one below it
    "township",  # every ordinary case
    "discipline",  # reports about a person led by the post, in the discipline line
)

# The table of rights: a post's role × how far it reaches → what its holder is to such a case. What
# that allows, in which state, stands in `casework.actions`. A pair that is not here: nothing at all.
RIGHTS: Final[Mapping[str, Mapping[Reach, frozenset[str]]]] = {
    "member": {"own": frozenset({HANDLER})},
    "department": {"own": frozenset({HANDLER})},
    "lead": {"own": frozenset({HANDLER}), "subtree": frozenset({SUPERVISOR})},
    "county": {"own": frozenset({HANDLER}), "subtree": frozenset({SUPERVISOR})},
    "admin": {"own": frozenset({HANDLER}), "township": frozenset({ADMIN, SUPERVISOR})},
    "discipline": {
        "own": frozenset({HANDLER}),
        "discipline": frozenset({HANDLER, SUPERVISOR}),
    },
    "inspector": {"township": frozenset({INSPECTOR})},
    "helper": {"own": frozenset({HANDLER})},
}

Audience = Literal["staff", "lead", "admin", "overseer", "auditor"]
# What is not done to a case: whose commands are whose, by the role of one of a person's posts.
AUDIENCES: Final[Mapping[Audience, frozenset[str]]] = {
    "staff": frozenset(ROLES),
    "lead": frozenset({"lead", "county", "admin", "discipline"}),  # decides what others do
    "admin": frozenset({"admin"}),
    "overseer": frozenset({"admin", "inspector"}),
    "auditor": frozenset({"admin", "inspector", "discipline"}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: a villager, a member of staff, the service itself."""

    label: str  # "villager:7", "staff:li", "partner:hotline", "system": stands in the history
    villager: int | None = None
    staff: Staff | None = None
    partner: str | None = None  # the id of a partner 对接单位
    unit: str | None = None  # a group 群 of this unit and those below: it looks, and does nothing

    @property
    def is_system(self) -> bool:
        return self.label == SYSTEM


THE_SERVICE: Final = Actor(SYSTEM)


def posts_of(staff: Staff, town: Town) -> tuple[Post, ...]:
    """Of the person, and of those for whom they stand in."""
    return tuple(town.posts[post] for post in staff.hands if post in town.posts)


def belongs(staff: Staff | None, audience: Audience, town: Town) -> bool:
    """True for those to whom the commands of an audience belong. Without a post one is staff still."""
    if staff is None or audience == "staff":
        return staff is not None
    return any(post.role in AUDIENCES[audience] for post in posts_of(staff, town))


def is_admin(staff: Staff | None, town: Town) -> bool:
    return belongs(staff, "admin", town)


def standing(actor: Actor, case: Case, town: Town, joined: bool = False) -> frozenset[str]:
    """What the actor is to the case. Empty: nothing, the case does not exist for them."""
    if actor.is_system:
        return frozenset({SYSTEM})
    if actor.staff is None:
        own = case.villager is not None and case.villager == actor.villager
        return frozenset({VILLAGER}) if own or joined else frozenset()
    if actor.staff.id in away(case):
        return frozenset()
    found: frozenset[str] = frozenset()
    if not case.protected and case.previous_post in actor.staff.hands:
        found |= {SENDER}
    if not case.protected and case.first_post in actor.staff.hands:
        found |= {FIRST}
    if not case.protected and case.called_posts & set(actor.staff.hands):
        found |= {CALLED}
    for post in posts_of(actor.staff, town):
        for reach in reaches(post, case, town):
            found |= RIGHTS[post.role].get(reach, frozenset())
    return found


def reaches(post: Post, case: Case, town: Town) -> tuple[Reach, ...]:
    """In which of its reaches a case lies for a post. A vacant post's cases are the 受理岗's own."""
    if case.protected:
        hers = post.id == case.lead_post and post.id in discipline_line(town)
        return ("discipline",) if hers else ()
    lead = answering(town, case.lead_post)
    found: list[Reach] = ["township"]
    if post.id in (lead.id, case.lead_post):
        found.append("own")
    elif town.covers(post.unit, lead.unit):
        found.append("subtree")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a viewer may see, as data that storage turns into SQL."""

    villager: int | None = None  # own and joined cases of this villager
    partner: str | None = None  # cases that this partner has sent
    every_ordinary: bool = False
    # ordinary cases that these lead, received first, or gave to the one that leads
    posts: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()  # … and those in which these have a part
    protected_posts: frozenset[str] = frozenset()  # protected cases led by these
    away_from: str = ""  # the staff id: cases from which this person stays away do not exist

    def sees(self, case: Case, joined: bool = False) -> bool:
        """The same for one case: `joined` says that the villager has joined it, or the partner sent
        it."""
        if self.partner is not None:
            return joined
        if self.villager is not None:
            return joined or case.villager == self.villager
        if self.away_from and self.away_from in away(case):
            return False
        if case.protected:
            return case.lead_post in self.protected_posts
        return self.every_ordinary or bool(
            {case.lead_post, case.first_post, case.previous_post} & self.posts
            or case.called_posts & self.called
        )


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks. Every query that returns or counts cases takes one first."""

    actor: Actor
    town: Town

    @property
    def scope(self) -> Scope:
        actor, town = self.actor, self.town
        if actor.is_system:
            return Scope(every_ordinary=True, protected_posts=frozenset(town.posts))
        if actor.unit is not None:
            return Scope(posts=below(actor.unit, town))
        if actor.staff is None:
            return Scope(villager=actor.villager, partner=actor.partner)
        own = frozenset(actor.staff.hands)
        held = posts_of(actor.staff, town)
        above = [upper.unit for upper in held if "subtree" in RIGHTS[upper.role]]
        return Scope(
            every_ordinary=any("township" in RIGHTS[post.role] for post in held),
            posts=own.union(*(below(unit, town) for unit in above)),
            called=own,
            protected_posts=frozenset(actor.staff.posts) & discipline_line(town),
            away_from=actor.staff.id,
        )


def below(unit: str, town: Town) -> frozenset[str]:
    """The posts of a unit and of those below it."""
    return frozenset(post.id for post in town.posts.values() if town.covers(unit, post.unit))


def discipline_line(town: Town) -> frozenset[str]:
    """The posts that a report about a person may reach: the discipline post, nobody else."""
    return frozenset({town.discipline})
