"""What a partner may know of the cases that it has sent: how each stands, and what has changed.

A report about a person shows that it is dealt with, and nothing else. Numbers that can be used
against somebody, and the name of who told of it, are masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from casework.calendar import SHANGHAI
from casework.case import BEFORE_ANSWER, OPEN, Case, Decision, Event
from casework.rights import THE_SERVICE, Viewer
from handlers import wording
from handlers.copy import say
from handlers.turn import Occasion, Turn
from storage import cases, contact, orders
from storage.case import EventRow
from storage.orders import OrderRow
from storage.record import Letter

# what is done to a case → what the partner hears; the sentences stand in copy/partner.toml
NEWS: Final[Mapping[str, str]] = {
    "open": "opened",
    "accept": "accepted",
    "reply": "replied",
    "ask": "asked",
    "conclude": "answered",
    "satisfied": "settled",
    "settle": "settled",
    "uphold": "settled",
    "stand": "settled",
    "unsatisfied": "disputed",
    "archive": "closed",
    "withdraw": "withdrawn",
    "merge": "merged",
    "reopen": "reopened",
    "again": "reopened",
    "review": "reopened",
    "take_back": "reopened",
    "hand_back": "handed_back",
    "hand_up": "moved",
    "transfer": "moved",
    "assign": "moved",
    "delegate": "moved",
    "escalate": "moved",
    "suspend": "shelved",
    "hear": "shelved",
    "extend": "extended",
}
UPDATED: Final = "updated"  # of a report about a person: not what
View = dict[str, str]


def letters(occasion: Occasion, decision: Decision) -> Iterator[Letter]:
    """To each partner that follows the case and wants to be told. Machines do not sleep, and hear
    one thing after the other."""
    event = NEWS.get(decision.action)
    if event is None or decision.before is None or not occasion.book.partners:
        return
    event = UPDATED if decision.case.protected else event
    for order in orders.followed(decision.case, occasion.session):
        partner = occasion.book.partners.get(order.partner)
        if partner is None or not partner.webhook or occasion.actor.partner == partner.id:
            continue
        shown = view(occasion, order, decision.case, decision.events[0])
        yield Letter(
            channel="intake",
            account="",
            recipient=partner.id,
            key=f"{occasion.origin}:{order.case_number}:{event}:p:{partner.id}",
            text=shown["status_notes"],
            importance="ordinary",
            not_before=occasion.now,
            more={"matters": True, "notice": {"event": event, **shown}},
        )


def view(occasion: Occasion, order: OrderRow, case: Case, last: Event | EventRow | None) -> View:
    """How the case that answers an order stands, after its `last` event, in the words of Open311
    GeoReport v2 and a few of our own (`external_id`, `state`)."""
    at = occasion.now if last is None or isinstance(last, Event) else last.at
    promised = case.promised_at if case.state in BEFORE_ANSWER else None
    shown = {
        "service_request_id": str(order.case_number),
        "external_id": order.number,
        "status": "open" if case.state in OPEN else "closed",
        "state": case.state,
        "requested_datetime": _iso(order.at),
        "updated_datetime": _iso(at),
        "expected_datetime": _iso(promised) if promised is not None else "",
    }
    if case.protected:
        hidden = {"state": shown["status"], "expected_datetime": ""}
        return {**shown, **hidden, "status_notes": say("partner.protected")}
    who = contact.of(occasion.session, order.case_number)
    name = who.name if who is not None else ""
    topic = case.topic or case.field
    own = case.number == order.case_number  # into what it was merged is somebody else's
    return {
        **shown,
        "status_notes": wording.masked(_notes(occasion, case, last), name),
        "service_code": topic,
        "service_name": topic,
        "description": wording.masked(case.text, name) if own else "",
        "agency_responsible": _post(occasion, case),
        "address": wording.masked(wording.place_of(case, occasion.town), name),
    }


def followed(occasion: Occasion, found: list[Case]) -> list[View]:
    """The same for cases that the looking partner has sent; of those that were merged, how what they
    were merged into stands."""
    service = Viewer(THE_SERVICE, occasion.town)
    sent = orders.sent(occasion.viewer, occasion.session, [case.number for case in found])
    answering = {case.number: case for case in found}
    for merged in {order.follows for order in sent.values()}.difference(answering):
        target = cases.find(service, occasion.session, merged)
        answering |= {merged: target} if target is not None else {}
    last = cases.last_events(service, occasion.session, list(answering), NEWS)
    return [
        view(occasion, order, answering[order.follows], last.get(order.follows))
        for case in found
        if (order := sent.get(case.number)) is not None and order.follows in answering
    ]


def origin(occasion: Occasion, case: Case) -> str:
    """For who handles it: from which partner, under which number, and until when it is wanted."""
    if case.channel != "intake":
        return ""
    asked = occasion.incoming.order if isinstance(occasion, Turn) else None
    if asked is not None and asked.case is None:  # being opened
        partner, number = str(occasion.actor.partner), asked.number
    else:
        order = orders.of(case, occasion.session)
        if order is None:
            return ""
        partner, number = order.partner, order.number
    said = say("partner.origin", name=name_of(occasion, partner), number=number)
    if case.wanted_by is None:
        return said
    by = wording.when(case.wanted_by, occasion.now)
    left = wording.left(case.wanted_by, occasion.now)
    return said + say("partner.wanted_by", by=by, left=left)


def name_of(occasion: Occasion, partner: str) -> str:
    found = occasion.book.partners.get(partner)
    return found.name if found is not None else partner


def _notes(occasion: Occasion, case: Case, last: Event | EventRow | None) -> str:
    """What was done last, in a sentence."""
    event = NEWS[last.kind] if last is not None else "opened"
    promised = wording.when(case.promised_at, occasion.now) if case.promised_at else ""
    return say(
        f"partner.news.{event}",
        post=_post(occasion, case),
        promised=promised,
        text=last.text if last is not None else "",
        into=case.merged_into,
    )


def _post(occasion: Occasion, case: Case) -> str:
    return wording.post_name(occasion.town, wording.reachable(occasion.town, case))


def _iso(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
