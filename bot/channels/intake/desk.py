"""What the intake asks the database: who calls, and what became of what was sent. It writes nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from casework.partner import Partner
from casework.rights import Actor
from handlers.partner import news, orders
from handlers.turn import Occasion
from storage import cases, incoming
from storage import orders as order_rows
from storage.book import Shelf
from storage.database import Database, Moment
from storage.session import ReadSession

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an order: the case, and what it was sent with."""

    case: int
    digest: str


@dataclass(frozen=True, slots=True)
class Search:
    since: datetime
    until: datetime
    states: Sequence[str] = ()
    topics: Sequence[str] = ()


class Questions(Protocol):
    """What the routes have to know."""

    async def caller(self, token: str) -> Partner | None:
        """The partner to whom a token was given."""
        ...

    async def sent(self, partner: str, number: str) -> Sent | None:
        """What became of the order with this number of the partner's own."""
        ...

    async def answered(self, key: str) -> str | None:
        """What a message was answered with that did become nothing; None: it is not done yet."""
        ...

    async def shown(self, partner: str, numbers: Sequence[int]) -> list[news.View]:
        """Of these cases those that the partner has sent."""
        ...

    async def found(self, partner: str, search: Search) -> list[news.View]: ...

    async def impossible(self, partner: str, number: int, does: str) -> str:
        """Why something cannot be done with a case; "" if it can."""
        ...


class Desk:
    """The same, from the database."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self.database = database
        self.shelf = shelf

    async def caller(self, token: str) -> Partner | None:
        digest = hashlib.sha256(token.encode()).hexdigest()
        known = await self._ask(lambda session, begun: self._partners(session, begun))
        found = None
        for partner in known:  # all of them: how long it takes says nothing
            if hmac.compare_digest(partner.token, digest):
                found = partner
        return found

    async def partner(self, identity: str) -> Partner | None:
        known = await self._ask(lambda session, begun: self._partners(session, begun))
        return next((each for each in known if each.id == identity), None)

    async def sent(self, partner: str, number: str) -> Sent | None:
        def ask(at: Occasion) -> Sent | None:
            row = order_rows.named(at.viewer, at.session, number)
            return None if row is None else Sent(row.case_number, row.digest)

        return await self._look(partner, ask)

    async def answered(self, key: str) -> str | None:
        known = await self._ask(lambda session, _: incoming.known(session, key))
        return known.reply if known is not None and known.state == "done" else None

    async def shown(self, partner: str, numbers: Sequence[int]) -> list[news.View]:
        def ask(at: Occasion) -> list[news.View]:
            seen = (cases.find(at.viewer, at.session, number) for number in numbers)
            return news.followed(at, [case for case in seen if case is not None])

        return await self._look(partner, ask)

    async def found(self, partner: str, search: Search) -> list[news.View]:
        def ask(at: Occasion) -> list[news.View]:
            found = cases.sent_in(
                at.viewer, at.session, search.since, search.until, search.states, search.topics
            )
            return news.followed(at, found)

        return await self._look(partner, ask)

    async def impossible(self, partner: str, number: int, does: str) -> str:
        return await self._look(partner, lambda at: orders.impossible(at, number, does))

    def _partners(self, session: ReadSession, begun: Moment) -> list[Partner]:
        return list(self.shelf.book(session, begun.revision).partners.values())

    async def _look(self, partner: str, look: Callable[[Occasion], T]) -> T:
        def ask(session: ReadSession, begun: Moment) -> T:
            return look(
                Occasion(
                    actor=Actor(f"partner:{partner}", partner=partner),
                    now=begun.now,
                    wall=begun.wall,
                    book=self.shelf.book(session, begun.revision),
                    session=session,  # type: ignore[arg-type]  # nothing is written
                    origin="intake",
                )
            )

        return await self._ask(ask)

    async def _ask(self, question: Callable[[ReadSession, Moment], T]) -> T:
        return await self.database.aread(question)
