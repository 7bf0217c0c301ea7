"""From a request's body to an `Incoming`: Open311 GeoReport v2, as a form or as JSON.

Besides the standard's fields three attributes are read, as `attribute[name]` or plainly: `external_id`
(the partner's own number), `expected_datetime` (until when it wants it done), `urgency`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast, get_args
from urllib.parse import parse_qsl, urlsplit

from bot.channels.intake.problem import Problem
from bot.channels.text import clean
from casework.partner import Partner
from handlers.message import Importance, Incoming, Location, Order

ACCOUNT: Final = "open311"
MOST: Final[Mapping[str, int]] = {  # characters
    "description": 4000,
    "address_string": 200,
    "first_name": 40,
    "last_name": 40,
    "phone": 40,
    "service_code": 40,
    "address_id": 40,
}
_ATTRIBUTE: Final = re.compile(r"attribute\[(\w+)\]")
_NUMBER: Final = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
# what a repetition has in common with the first; not the connection's own (account, device)
_CONTENT: Final = (
    "service_code", "description", "lat", "long", "address_string", "address_id", "first_name",
    "last_name", "phone", "media_url", "expected_datetime", "urgency",
)  # fmt: skip
Does = Literal["supplement", "urge", "withdraw", "rate"]
_AGAIN: Final = ("urge", "rate")  # what may be meant a second time in the same words

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Update:
    """Something about a case that was sent."""

    identity: str
    incoming: Incoming
    case: int
    does: Does


def fields_of(content_type: str, body: bytes) -> Fields:
    """The fields by name, cleaned, empty ones left out. Raises `Problem`."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8")
        if kind == "application/json":
            given = _flat(json.loads(text))
        elif kind in ("application/x-www-form-urlencoded", ""):
            given = dict(parse_qsl(text, max_num_fields=100, errors="strict"))
        else:
            raise Problem(400, "form")
    except (ValueError, RecursionError):
        raise Problem(400, "form") from None
    named = {_plain(name): clean(value) for name, value in given.items()}
    return {name: value for name, value in named.items() if value}


def order(partner: Partner, fields: Fields) -> Incoming:
    """A matter to be opened. Raises `Problem`."""
    if not fields.get("description") and not fields.get("service_code"):
        raise Problem(400, "nothing")
    _short_enough(fields)
    digest = _digest(fields)
    number = fields.get("external_id", digest[:32])
    if not _NUMBER.fullmatch(number):
        raise Problem(400, "number")
    urgency = fields.get("urgency", "ordinary")
    if urgency not in get_args(Importance):
        raise Problem(400, "urgency")
    wanted = Order(
        number=number,
        digest=digest,
        topic=fields.get("service_code", ""),
        urgency=cast(Importance, urgency),
        place=fields.get("address_id", ""),
        address=fields.get("address_string", ""),
        name=f"{fields.get('last_name', '')}{fields.get('first_name', '')}",
        phone=fields.get("phone", ""),
        wanted_by=moment(fields, "expected_datetime"),
        media_url=_address(fields),
    )
    return _incoming(partner, f"o:{number}", fields, wanted)


def update(partner: Partner, fields: Fields) -> Update:
    """Something about a matter that was sent. Raises `Problem`."""
    _short_enough(fields)
    does = fields.get("action", "supplement")
    if does not in get_args(Does):
        raise Problem(400, "action")
    (case,) = numbers(fields.get("service_request_id", ""), 1)
    digest = _digest(fields, case=case, does=does, rating=fields.get("rating", ""))
    if does in _AGAIN and "update_id" not in fields:
        raise Problem(400, "update_again")
    identity = fields.get("update_id", digest[:32])
    if not _NUMBER.fullmatch(identity):
        raise Problem(400, "update_id")
    if does == "supplement" and "description" not in fields:
        raise Problem(400, "words")
    rating = _rating(fields) if does == "rate" else None
    act = cast(Does, does)
    wanted = Order(
        number=identity,
        digest=digest,
        does=act,
        case=case,
        rating=rating,
        media_url=_address(fields),
    )
    return Update(identity, _incoming(partner, f"u:{case}:{identity}", fields, wanted), case, act)


def moment(fields: Fields, name: str) -> datetime | None:
    """A time with its zone. Raises `Problem`."""
    text = fields.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a form's plus that was not escaped
    except ValueError:
        raise Problem(400, "time", name=name) from None
    if found.tzinfo is None or not 2000 <= found.year <= 2100:
        raise Problem(400, "time", name=name)
    return found.astimezone(UTC)


def numbers(text: str, most: int = 100) -> list[int]:
    """Case numbers between commas. Raises `Problem`."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not 1 <= len(found) <= most or not all(re.fullmatch(r"[0-9]{1,10}", n) for n in found):
        raise Problem(400, "request_id")
    return [int(number) for number in found]


def _incoming(partner: Partner, identity: str, fields: Fields, wanted: Order) -> Incoming:
    return Incoming(
        channel="intake",
        account=ACCOUNT,
        sender=partner.id,
        key=f"intake:{ACCOUNT}:{partner.id}:{identity}",
        kind="text",
        sent_at=datetime.now(UTC),
        text=fields.get("description", ""),
        location=_point(fields),
        order=wanted,
    )


def _flat(data: Any) -> dict[str, str]:
    """An object of plain values; `attribute` may be one within it."""
    if not isinstance(data, dict):
        raise Problem(400, "form")
    inner = data.pop("attribute", None) or {}
    found: dict[str, str] = {}
    for name, value in {**data, **(inner if isinstance(inner, dict) else {})}.items():
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            found[str(name)] = str(value)
        elif value is not None:
            raise Problem(400, "form")
    return found


def _plain(name: str) -> str:
    found = _ATTRIBUTE.fullmatch(name)
    return found[1] if found is not None else name


def _short_enough(fields: Fields) -> None:
    for name, most in MOST.items():
        if len(fields.get(name, "")) > most:
            raise Problem(400, "long", name=name, most=most)


def _digest(fields: Fields, **about: object) -> str:
    content = {name: fields[name] for name in _CONTENT if name in fields} | about
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _point(fields: Fields) -> Location | None:
    given = fields.get("lat"), fields.get("long")
    if given == (None, None):
        return None
    try:
        north, east = float(given[0] or "nan"), float(given[1] or "nan")
    except ValueError:
        raise Problem(400, "point") from None
    if not (-90 <= north <= 90 and -180 <= east <= 180):  # nan is neither
        raise Problem(400, "point")
    return Location(north, east)


def _address(fields: Fields) -> str:
    url = fields.get("media_url", "")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Problem(400, "url") from None
    if url and (len(url) > 500 or parts.scheme not in ("http", "https") or not parts.hostname):
        raise Problem(400, "url")
    return url


def _rating(fields: Fields) -> int:
    found = fields.get("rating", "")
    if found not in ("1", "2", "3", "4", "5"):
        raise Problem(400, "rating")
    return int(found)
