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
from casework.routing import answering
from casework.town import ROLES, Post, Staff, Town

VILLAGER: Final = "villager"  # whose case it is, or who joined it
HANDLER: Final = "handler"  # holds the leading post
SUPERVISOR: Final = "supervisor"  # holds a lead or admin post above the leading post
ADMIN: Final = "admin"  # holds an admin post of the township
SYSTEM: Final = "system"  # the service itself, when a time comes


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: a villager, a member of staff, the service itself."""

    label: str  # "villager:7", "staff:li", "system": stands in the history
    villager: int | None = None
    staff: Staff | None = None

    @property
    def is_system(self) -> bool:
        return self.label == SYSTEM


THE_SERVICE: Final = Actor(SYSTEM)

Audience = Literal["staff", "lead", "admin"]
# whose commands are whose: by the role of one of a person's posts. `lead` decides about what others do
AUDIENCES: Final[Mapping[Audience, frozenset[str]]] = {
    "staff": frozenset(ROLES),
    "lead": frozenset({"lead", "county", "admin", "discipline"}),
    "admin": frozenset({"admin"}),
}
ABOVE: Final = ("lead", "county")  # roles that stand above the units below their own


def posts_of(staff: Staff, town: Town) -> tuple[Post, ...]:
    return tuple(town.posts[post] for post in staff.posts if post in town.posts)


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
    if case.protected:
        return frozenset({HANDLER, SUPERVISOR} if case.lead_post in actor.staff.posts else ())
    lead = answering(town, case.lead_post)
    found = {HANDLER} if {lead.id, case.lead_post} & set(actor.staff.posts) else set()
    for post in posts_of(actor.staff, town):
        if post.role == "admin":
            found |= {ADMIN, SUPERVISOR}
        elif post.role in ABOVE and _stands_above(post, lead, town):
            found.add(SUPERVISOR)
    return frozenset(found)


def _stands_above(post: Post, lead: Post, town: Town) -> bool:
    return post.id != lead.id and town.covers(post.unit, lead.unit)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a viewer may see, as data that storage turns into SQL."""

    villager: int | None = None  # own and joined cases of this villager
    every_ordinary: bool = False
    posts: frozenset[str] = frozenset()  # ordinary cases led or first received by these
    protected_posts: frozenset[str] = frozenset()  # protected cases led by these

    def sees(self, case: Case, joined: bool = False) -> bool:
        """The same for one case: `joined` says that the villager has joined it."""
        if self.villager is not None:
            return joined or case.villager == self.villager
        if case.protected:
            return case.lead_post in self.protected_posts
        return self.every_ordinary or bool({case.lead_post, case.first_post} & self.posts)


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
        if actor.staff is None:
            return Scope(villager=actor.villager)
        own = frozenset(actor.staff.posts)
        below = {
            post.id
            for lead in posts_of(actor.staff, town)
            if lead.role in ABOVE
            for post in town.posts.values()
            if town.covers(lead.unit, post.unit)
        }
        return Scope(
            every_ordinary=is_admin(actor.staff, town),
            posts=own | below,
            protected_posts=own & discipline_line(town),
        )


def discipline_line(town: Town) -> frozenset[str]:
    """The posts that a report about a person may reach: the discipline post, nobody else."""
    return frozenset({town.discipline})
