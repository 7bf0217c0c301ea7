"""An order 工单 of a partner: a matter to be opened, or something about one that it has sent.

What the partner has sorted it under, where it says that it is, how urgent it calls it and until
when it wants it done stand beside what is read from the words: the more precise, the more urgent
and the earlier counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from casework.actions import may
from casework.case import Case
from casework.closing import opinion
from casework.nearest import nearest
from casework.rights import THE_SERVICE, VILLAGER, Viewer
from handlers import telling, wording
from handlers.acting import Sorry, perform
from handlers.copy import say
from handlers.message import Order, Reply
from handlers.opening import Told, explained_by, open_told, read_told
from handlers.turn import Occasion, Turn
from handlers.villager import following
from nlp.lexicon import FIELDS, Topic, shipped
from nlp.reading import URGENCIES, Place, Reading
from storage import cases, orders


def take(turn: Turn) -> Reply:
    """Do what the order says."""
    order = turn.incoming.order
    if order is None or turn.actor.partner not in turn.book.partners:
        return Reply("")
    return _DOES[order.does](turn, order)


# --- a new one -----------------------------------------------------------------------------------


def _open(turn: Turn, order: Order) -> Reply:
    partner = turn.book.partners[str(turn.actor.partner)]
    reading, place = _understood(turn, order)
    more: dict[str, Any] = {"query_word": "", "wanted_by": order.wanted_by}
    if partner.sensor:
        reading = replace(reading, kind="report", subkind="hazard", signals=frozenset())
    if place is None and order.address:
        more["place"] = wording.short(order.address)
    told = Told("intake", order.name, order.phone, _words(turn, order))
    explained = {**explained_by(reading), "order": order.number, "sorted": order.topic}
    case = open_told(turn, told, reading, place, explained=explained, **more)
    if case is None:
        authority = turn.town.authority
        return Reply(say("partner.outside", authority=authority.name, phone=authority.phone))
    orders.keep(turn.session, partner.id, order.number, order.digest, case)
    if case.protected:
        return Reply(say("partner.opened_protected", number=case.number))
    return Reply(say("partner.opened", **telling.case_words(case, turn)))


def _understood(turn: Turn, order: Order) -> tuple[Reading, Place | None]:
    """What the words say, and what the partner says beside them."""
    reading, place = read_told(turn, turn.text or order.topic)
    reading = _sorted(reading, order.topic)
    urgency = max(reading.urgency, order.urgency, key=URGENCIES.index)
    named = _named(turn, order.place) or _addressed(turn, order.address)
    return replace(reading, urgency=urgency), named or place or _nearest(turn)


def _sorted(reading: Reading, name: str) -> Reading:
    """By the partner's own sorting, where it is a topic or a field of ours."""
    topic: Topic | None = shipped().topics.get(name)
    if topic is None:
        fits = name not in FIELDS or reading.field == name
        return reading if fits else replace(reading, field=name, topic="")
    usual = topic.urgency if topic.urgency in URGENCIES else reading.urgency
    return replace(
        reading,
        topic=name,
        field=topic.field,
        ledger=topic.ledger if reading.topic != name else reading.ledger,
        urgency=max(reading.urgency, usual, key=URGENCIES.index),
        kind=topic.usual if reading.kind == "other" else reading.kind,
    )


def _named(turn: Turn, identity: str) -> Place | None:
    """A unit or a place of the town file, by its id."""
    town = turn.town
    if identity in town.units:
        return Place(identity, town.full_name(identity), identity, 1.0)
    found = town.places.get(identity)
    if found is None:
        return None
    return Place(identity, f"{town.full_name(found.unit)}{found.name}", found.unit, 1.0)


def _nearest(turn: Turn) -> Place | None:
    """Of a sensor that knows where it stands and not what that is called."""
    point = turn.incoming.location
    found = nearest(turn.town, point.latitude, point.longitude) if point is not None else None
    return _named(turn, found.id) if found is not None else None


def _addressed(turn: Turn, address: str) -> Place | None:
    return read_told(turn, address)[1] if address else None


def _words(turn: Turn, order: Order) -> str:
    """What the handler reads: the words, and below them what stands beside them."""
    lines = [turn.text or order.topic or say("partner.sensor")]
    if order.address and order.address not in turn.text:
        lines.append(say("partner.address", address=order.address))
    where = turn.incoming.location
    if where is not None:
        point = {"latitude": where.latitude, "longitude": where.longitude}
        lines.append(say("partner.coordinates", **point))
    if order.media_url:
        lines.append(say("partner.media", url=order.media_url))
    return "\n".join(lines)


# --- about one that was sent ---------------------------------------------------------------------


def _own(turn: Turn, order: Order) -> tuple[Case, bool]:
    """The case that answers what the partner has sent, and whether it is still its own."""
    number = order.case or 0
    answering = _answering(turn, number)
    service = Viewer(THE_SERVICE, turn.town)
    case = cases.take(service, turn.session, answering) if answering is not None else None
    if case is None:
        raise Sorry(say("refused.unseen", number=number))
    turn.about = case.number
    return case, answering == number


def _answering(occasion: Occasion, number: int) -> int | None:
    """The number of the case that answers what the partner has sent under a number."""
    sent = orders.sent(occasion.viewer, occasion.session, [number]).get(number)
    return sent.follows if sent is not None else None


def _supplement(turn: Turn, order: Order) -> Reply:
    case, _ = _own(turn, order)
    perform(turn, "supplement", case, joined=True, text=_words(turn, order))
    return Reply(say("partner.supplemented", number=order.case))


def _urge(turn: Turn, order: Order) -> Reply:
    """As with a villager: kept each time, told to the handler kindly."""
    case, _ = _own(turn, order)
    often = turn.now - following.last_urged(turn, case) < following.URGE_AGAIN
    text = turn.text or say("partner.urged", number=order.case)
    perform(turn, "supplement" if often else "urge", case, joined=True, text=text)
    return Reply(say("partner.urged", number=order.case))


def _withdraw(turn: Turn, order: Order) -> Reply:
    case, own = _own(turn, order)
    if not own or len(orders.followed(case, turn.session)) > 1:
        raise Sorry(say("villager.not_alone", number=order.case))
    perform(turn, "withdraw", case, joined=True, text=turn.text)
    return Reply(say("partner.withdrawn", number=order.case))


def _rate(turn: Turn, order: Order) -> Reply:
    case, own = _own(turn, order)
    if not own:
        raise Sorry(say("villager.not_alone", number=order.case))
    rating = order.rating or 0
    does = opinion(turn.world.method_of(case), case, rating)
    perform(turn, does, case, joined=True, rating=rating, text=turn.text)
    return Reply(say("partner.rated", number=order.case))


_DOES: Final[Mapping[str, Callable[[Turn, Order], Reply]]] = {
    "open": _open,
    "supplement": _supplement,
    "urge": _urge,
    "withdraw": _withdraw,
    "rate": _rate,
}
# what has to be possible with the case for it
_ASKS: Final[Mapping[str, str]] = {
    "supplement": "supplement", "urge": "urge", "withdraw": "withdraw", "rate": "satisfied",
}  # fmt: skip


def impossible(occasion: Occasion, number: int, does: str) -> str:
    """Why something cannot be done now with a case that the looking partner has sent; "" if it can."""
    answering, service = _answering(occasion, number), Viewer(THE_SERVICE, occasion.town)
    case = cases.find(service, occasion.session, answering) if answering is not None else None
    if case is None:
        return say("refused.unseen", number=number)
    if may(_ASKS[does], case, frozenset({VILLAGER})) is None:
        return ""
    return say("partner.not_now", number=number, state=wording.state_of(case))
