"""Figures for Prometheus: what stands in tables is counted when somebody asks."""

from __future__ import annotations

from functools import partial

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.responses import Response

from bot.service import Service
from casework.rights import THE_SERVICE, Viewer
from storage import cases
from storage.database import Moment
from storage.health import by_state
from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import ReadSession


async def show(service: Service) -> Response:
    registry = CollectorRegistry()
    of_cases = Gauge("xiaoge_cases", "Cases by state (ordinary ones)", ["state"], registry=registry)
    letters = Gauge("xiaoge_outbox", "Letters of the outbox by state", ["state"], registry=registry)
    messages = Gauge("xiaoge_messages", "Incoming messages by state", ["state"], registry=registry)
    found = await service.database.aread(partial(counted, service))
    for gauge, counts in zip((of_cases, letters, messages), found, strict=True):
        for state, number in counts.items():
            gauge.labels(state).set(number)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def counted(service: Service, session: ReadSession, begun: Moment) -> tuple[dict[str, int], ...]:
    """Cases, letters and messages, by their state."""
    town = service.book(session, begun).town
    return (
        cases.count(Viewer(THE_SERVICE, town), session),
        by_state(session, OutboxRow),
        by_state(session, MessageRow),
    )
