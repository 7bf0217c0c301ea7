"""The intake's addresses below /open311/v2: Open311 GeoReport v2, and updates as FixMyStreet has them.

Who calls says so with a bearer token; a partner sees what it has sent and nothing else, and what
was sent by others is as if it had never been.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.envelope import BODY_LIMIT
from bot.channels.intake import parse
from bot.channels.intake.desk import Questions, Search
from bot.channels.intake.problem import Problem, refusal
from bot.channels.intake.services import definition, known, services
from bot.channels.intake.throttle import Throttle
from bot.channels.receiver import Receiver, Unavailable
from casework.case import CLOSED, OPEN
from casework.partner import Partner
from handlers.partner.news import View
from storage.book import NoTown

logger = logging.getLogger(__name__)

ROOT: Final = "/open311/v2"
WINDOW: Final = timedelta(days=90)  # that a list covers unless it says otherwise
STATES: Final = {"open": OPEN, "closed": CLOSED}
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(receiver: Receiver, desk: Questions, public_url: str = "") -> list[Route]:
    intake = Intake(receiver, desk, public_url)
    return [
        Route(f"{ROOT}/discovery.json", answering(intake.discovery)),
        Route(f"{ROOT}/services.json", answering(intake.services)),
        Route(f"{ROOT}/services/{{code}}.json", answering(intake.service)),
        Route(f"{ROOT}/requests.json", answering(intake.open), methods=["POST"]),
        Route(f"{ROOT}/requests.json", answering(intake.list)),
        Route(f"{ROOT}/requests/{{number}}.json", answering(intake.show)),
        Route(f"{ROOT}/tokens/{{number:path}}.json", answering(intake.token)),
        Route(f"{ROOT}/servicerequestupdates.json", answering(intake.update), methods=["POST"]),
    ]


def answering(endpoint: Endpoint) -> Endpoint:
    """What is refused is answered as the standard wants it, and logged without anybody's words."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Problem as problem:
            logger.warning("%s: refused %s", request.url.path.partition(".json")[0][:40], problem)
            return problem.answer()
        except (Unavailable, NoTown):
            return Problem(503, "later", wait=5).answer()

    return answer


class Intake:
    """`public_url` is where partners reach it; "": there is no other than they have come to."""

    def __init__(self, receiver: Receiver, desk: Questions, public_url: str) -> None:
        self.receiver = receiver
        self.desk = desk
        self.public_url = public_url
        self.throttle = Throttle()

    # --- what everybody may read -----------------------------------------------------------

    async def discovery(self, request: Request) -> Response:
        base = self.public_url or f"{request.url.scheme}://{request.url.netloc}"
        formats = ["application/json"]
        end = {"specification": "http://wiki.open311.org/GeoReport_v2", "url": f"{base}{ROOT}"}
        return JSONResponse({"endpoints": [{**end, "type": "production", "formats": formats}]})

    async def services(self, _: Request) -> Response:
        return JSONResponse(services())

    async def service(self, request: Request) -> Response:
        code = request.path_params["code"]
        if not known(code):
            raise Problem(404, "service", code=code[:40])
        return JSONResponse(definition(code))

    # --- opening ---------------------------------------------------------------------------

    async def open(self, request: Request) -> Response:
        """The same number again gives the same case; with other content it is a conflict."""
        partner = await self._caller(request)
        incoming = parse.order(partner, await _fields(request))
        order = incoming.order
        assert order is not None
        there = await self.desk.sent(partner.id, order.number)
        notice, status = "", 200
        if there is None:
            reply = await self.receiver.receive(incoming)
            notice, status = reply.text if reply is not None else "", 201
            there = await self.desk.sent(partner.id, order.number)
        if there is None:
            return await self._without_case(incoming.key, order.number)
        if there.digest != order.digest:
            raise Problem(409, "conflict", number=order.number, case=there.case)
        given = {
            "service_request_id": str(there.case),
            "service_notice": notice or None,
            "account_id": None,
            "external_id": order.number,
        }
        return JSONResponse([given], status)

    async def _without_case(self, key: str, number: str) -> Response:
        """Refused for good with a sentence; or kept, and tried again by itself."""
        said = await self.desk.answered(key)
        if said:
            return refusal(403, said)
        return JSONResponse([{"token": number, "service_notice": None, "account_id": None}], 202)

    async def token(self, request: Request) -> Response:
        partner = await self._caller(request)
        number = request.path_params["number"]
        found = await self.desk.sent(partner.id, number)
        if found is None:
            raise Problem(404, "token_unknown", number=number[:64])
        return JSONResponse([{"service_request_id": str(found.case), "token": number}])

    # --- following -------------------------------------------------------------------------

    async def show(self, request: Request) -> Response:
        partner = await self._caller(request)
        wanted = parse.numbers(request.path_params["number"], 1)
        found = await self.desk.shown(partner.id, wanted)
        if not found:
            raise Problem(404, "unknown", number=wanted[0])
        return _views(found)

    async def list(self, request: Request) -> Response:
        partner = await self._caller(request)
        query = dict(request.query_params)
        if "external_id" in query:
            sent = await self.desk.sent(partner.id, query["external_id"])
            return _views(await self.desk.shown(partner.id, [sent.case] if sent else []))
        if "service_request_id" in query:
            wanted = parse.numbers(query["service_request_id"])
            return _views(await self.desk.shown(partner.id, wanted))
        return _views(await self.desk.found(partner.id, _search(query)))

    async def update(self, request: Request) -> Response:
        """Something is added to a case, it is urged, withdrawn, rated."""
        partner = await self._caller(request)
        update = parse.update(partner, await _fields(request))
        if await self.desk.answered(update.incoming.key) is None:
            if not await self.desk.shown(partner.id, [update.case]):
                raise Problem(404, "unknown", number=update.case)
            refused = await self.desk.impossible(partner.id, update.case, update.does)
            if refused:
                return refusal(409, refused)
        reply = await self.receiver.receive(update.incoming)
        notice = reply.text if reply is not None else None
        return JSONResponse([{"update_id": update.identity, "service_notice": notice}])

    # --- who calls -------------------------------------------------------------------------

    async def _caller(self, request: Request) -> Partner:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and token.strip()
        partner = await self.desk.caller(token.strip()) if known else None
        if partner is None:
            raise Problem(401, "token")
        wait = self.throttle.wait(partner.id, partner.rate)
        if wait:
            raise Problem(429, "rate", wait, rate=partner.rate)
        return partner


async def _fields(request: Request) -> parse.Fields:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Problem(413, "large")
    return parse.fields_of(request.headers.get("content-type", ""), bytes(body))


def _search(query: dict[str, str]) -> Search:
    until = parse.moment(query, "end_date") or datetime.now(UTC)
    since = parse.moment(query, "start_date") or until - WINDOW
    named = [word.strip() for word in query.get("status", "").split(",") if word.strip()]
    if not set(named) <= STATES.keys():
        raise Problem(400, "status")
    states = [state for word in named for state in STATES[word]]
    codes = [code.strip() for code in query.get("service_code", "").split(",") if code.strip()]
    return Search(since, until, states, codes)


def _views(found: list[View]) -> Response:
    return JSONResponse([_open311(view) for view in found])


def _open311(view: View) -> dict[str, Any]:
    names = (
        "service_request_id", "external_id", "status", "state", "status_notes", "service_name",
        "service_code", "description", "agency_responsible", "service_notice",
        "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id",
        "zipcode", "lat", "long", "media_url",
    )  # fmt: skip
    return {name: view.get(name) or None for name in names}
